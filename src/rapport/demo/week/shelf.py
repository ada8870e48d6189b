"""The help centre of the week: categories, articles with versions and translations, votes, and what was searched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rapport.demo.week.desk import Desk
from rapport.demo.week.scripts import read
from rapport.kernel import clock, search
from rapport.knowledge.models import Article, Category, SearchedWord, Translation
from rapport.knowledge.services import articles, reading, shelves, synonyms, versions
from rapport.team.models import Organisation


def fill(desk: Desk, now: datetime) -> None:
    """Write the articles, each some days before `now`, and let people read, judge and search them in the week."""
    plan = read("articles")
    shelf: dict[str, Category] = {}
    with clock.frozen(now - timedelta(days=90)):
        for line in plan["categories"]:
            values = {key: line[key] for key in ("text", "icon", "words", "audience", "position") if key in line}
            shelf[line["key"]] = shelves.add(line["title"], by=desk.by, **values)
        for words in plan["synonyms"]:
            synonyms.add(words, by=desk.by)
    for position, line in enumerate(plan["articles"]):
        _article(desk, shelf[line["category"]], line, position, now)
    for line in plan["searches"]:
        for number in range(line["times"]):
            with clock.frozen(now - timedelta(hours=5 + 23 * number)):
                reading.note_search(line["typed"], "en", line.get("found", 0))


def forget_searches() -> None:
    """Forget what was searched for in the week."""
    words = [" ".join(search.words(line["typed"])) for line in read("articles")["searches"]]
    since = Organisation.objects.values_list("sample_since", flat=True).get()
    if since is not None:
        days = (since.date() - timedelta(days=8), since.date())
        SearchedWord.objects.filter(term__in=words, day__range=days, language="en").delete()


def _article(desk: Desk, category: Category, line: Mapping[str, Any], position: int, now: datetime) -> None:
    writer = desk.actors[line["writer"]]
    with clock.frozen(now - timedelta(days=line["days"])):
        made = articles.begin(
            category, line["title"], by=writer, language="en", body=line["body"].strip(), position=position,
            summary=line["summary"], keywords=line.get("keywords", ""), audience=line.get("audience", 0),
        )  # fmt: skip
        Article.objects.filter(pk=made.pk).update(sample=True)
        if line.get("draft"):
            versions.ask_review(made, "en", by=writer)
            return
        versions.publish(made, "en", by=desk.by)
    for number, words in enumerate(line.get("translations", ()), start=1):
        with clock.frozen(now - timedelta(days=line["days"] - number)):
            versions.write(made, words["language"], by=writer, title=words["title"], body=words["body"].strip(),
                           summary=words.get("summary", ""))  # fmt: skip
            versions.publish(made, words["language"], by=desk.by)
    if "later" in line:
        with clock.frozen(now - timedelta(days=3)):
            body = f"{line['body'].strip()}\n\n{line['later'].strip()}"
            versions.write(made, "en", by=writer, title=line["title"], body=body, summary=line["summary"],
                           keywords=line.get("keywords", ""))  # fmt: skip
            versions.publish(made, "en", by=desk.by)
    _judge(made, line, now)


def _judge(article: Article, line: Mapping[str, Any], now: datetime) -> None:
    row = Translation.objects.get(article=article, language="en")
    Translation.objects.filter(pk=row.pk).update(reads=line.get("reads", 0))
    for number in range(line.get("helped", 0) + line.get("missed", 0)):
        helped = number < line.get("helped", 0)
        comments = line.get("comments", ())
        place = number - line.get("helped", 0)
        with clock.frozen(now - timedelta(hours=3 + 11 * number)):
            reading.vote(row, f"made-up-{article.number}-{number}", helped=helped,
                         comment=comments[place] if 0 <= place < len(comments) else "")  # fmt: skip
