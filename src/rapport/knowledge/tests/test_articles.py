from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.knowledge.models import Article, Audience, Category, Translation, Version
from rapport.knowledge.queries import reading, writing
from rapport.knowledge.services import articles, shelves, versions
from rapport.testing.cast import Cast, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def shelf() -> Category:
    return shelves.add("Returns", by=SYSTEM)


@pytest.fixture
def article(shelf: Category) -> Article:
    return articles.begin(shelf, "How to return a lamp", body="Pack it well.", by=SYSTEM)


def types() -> list[str]:
    rows = EventRecord.objects.filter(type__startswith="knowledge.article").order_by("id")
    return list(rows.values_list("type", flat=True))


def test_an_article_begins_as_a_draft_that_readers_do_not_find(article: Article) -> None:
    draft = Version.objects.get()
    assert (article.number, article.code, article.language) == (1, "A-1", "en")
    assert (draft.number, draft.state, draft.body) == (1, "draft", "Pack it well.")
    assert reading.article(1, Audience.STAFF, "en") is None
    assert types() == ["knowledge.article_begun"]


def test_what_is_published_is_read_and_found(article: Article) -> None:
    with clock.frozen(AT):
        shown = versions.publish(article, "en", by=SYSTEM)
    assert (shown.slug, shown.number, shown.published_at) == ("how-to-return-a-lamp", 1, AT)
    assert (shown.html, shown.summary) == ("<p>Pack it well.</p>\n", "Pack it well.")
    assert reading.article(1, Audience.PUBLIC, "en") == shown
    assert reading.find("pack", Audience.PUBLIC, "en") == [shown]
    assert types() == ["knowledge.article_begun", "knowledge.article_published"]


def test_readers_keep_the_published_words_while_the_next_are_written(article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    draft = versions.write(article, "en", title="Sending a lamp back", body="Call us first.", by=SYSTEM)
    shown = reading.article(1, Audience.PUBLIC, "en")
    assert (draft.number, draft.state) == (2, "draft")
    assert shown is not None
    assert (shown.title, shown.text) == ("How to return a lamp", "Pack it well.")
    versions.publish(article, "en", by=SYSTEM)
    shown = reading.article(1, Audience.PUBLIC, "en")
    assert shown is not None
    assert (shown.title, shown.text, shown.number) == ("Sending a lamp back", "Call us first.", 2)


def test_a_draft_is_written_over_until_it_is_published(article: Article) -> None:
    versions.write(article, "en", title="One", body="1", by=SYSTEM)
    versions.write(article, "en", title="Two", body="2", by=SYSTEM)
    assert list(Version.objects.values_list("number", "title")) == [(1, "Two")]


def test_who_did_not_see_the_newest_draft_does_not_write_over_it(article: Article) -> None:
    seen = Version.objects.get().written_at.isoformat()
    versions.write(article, "en", title="Theirs", body="theirs", by=SYSTEM, seen=seen)
    with pytest.raises(versions.WrittenMeanwhile) as refusal:
        versions.write(article, "en", title="Mine", body="mine", by=SYSTEM, seen=seen)
    assert refusal.value.theirs.body == "theirs"
    assert Version.objects.get().title == "Theirs"


def test_a_review_is_asked_for_and_sent_back_with_a_reason(article: Article, cast: Cast) -> None:
    assert versions.ask_review(article, "en", by=actor(cast.ben)).state == "review"
    with pytest.raises(Forbidden):
        versions.publish(article, "en", by=actor(cast.ben))
    back = versions.send_back(article, "en", "Say which box.", by=actor(cast.mona))
    assert (back.state, back.sent_back_because) == ("draft", "Say which box.")
    with pytest.raises(versions.NotInReview):
        versions.send_back(article, "en", "Again.", by=SYSTEM)


def test_writing_takes_a_draft_out_of_review(article: Article) -> None:
    versions.ask_review(article, "en", by=SYSTEM)
    assert versions.write(article, "en", title="T", body="b", by=SYSTEM).state == "draft"


def test_an_earlier_version_comes_back_as_the_draft(article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    versions.write(article, "en", title="Two", body="2", by=SYSTEM)
    versions.publish(article, "en", by=SYSTEM)
    back = versions.bring_back(article, "en", 1, by=SYSTEM)
    assert (back.number, back.title, back.body, back.state) == (3, "How to return a lamp", "Pack it well.", "draft")


def test_what_is_withdrawn_is_not_read(article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    versions.withdraw(article, "en", by=SYSTEM)
    assert reading.article(1, Audience.STAFF, "en") is None
    assert writing.held([article])[0].standings[0].state == "withdrawn"


def test_what_is_put_away_is_not_read_until_it_is_restored(article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    articles.archive(article, by=SYSTEM)
    assert reading.article(1, Audience.STAFF, "en") is None
    articles.restore(article, by=SYSTEM)
    assert reading.article(1, Audience.PUBLIC, "en") is not None


def test_a_draft_can_be_thrown_away(article: Article) -> None:
    versions.write(article, "pt", title="Devolver", body="x", by=SYSTEM)
    versions.discard(article, "pt", by=SYSTEM)
    assert list(Translation.objects.values_list("language", flat=True)) == ["en"]
    versions.discard(article, "en", by=SYSTEM)
    with pytest.raises(versions.NoDraft):
        versions.publish(article, "en", by=SYSTEM)


def test_a_translation_is_stale_once_its_source_is_published_again(article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    versions.write(article, "pt", title="Devolver", body="Embale bem.", by=SYSTEM)
    versions.publish(article, "pt", by=SYSTEM)
    assert [one.state for one in writing.held([article])[0].standings] == ["published", "published"]
    versions.write(article, "en", title="How to return a lamp", body="Call first.", by=SYSTEM)
    assert list(writing.stale_ids()) == []
    versions.publish(article, "en", by=SYSTEM)
    assert list(writing.stale_ids()) == [article.pk]
    assert [one.state for one in writing.held([article])[0].standings] == ["published", "stale"]
    versions.write(article, "pt", title="Devolver", body="Ligue antes.", by=SYSTEM)
    versions.publish(article, "pt", by=SYSTEM)
    assert list(writing.stale_ids()) == []


def test_readers_get_their_language_and_else_the_one_it_was_written_in(article: Article) -> None:
    versions.publish(article, "en", by=SYSTEM)
    versions.write(article, "pt", title="Devolver", body="Embale bem.", by=SYSTEM)
    versions.publish(article, "pt", by=SYSTEM)
    for wanted, given in (("pt", "pt"), ("en", "en"), ("de", "en")):
        shown = reading.article(1, Audience.PUBLIC, wanted)
        assert shown is not None
        assert shown.language == given


@pytest.mark.parametrize(("of_shelf", "of_article", "level"), [(0, 0, 0), (0, 2, 2), (1, 0, 1), (2, 1, 2), (1, 1, 1)])
def test_the_stricter_audience_counts(of_shelf: int, of_article: int, level: int) -> None:
    row = articles.begin(shelves.add("Shelf", audience=of_shelf, by=SYSTEM), "Title", audience=of_article, by=SYSTEM)
    versions.publish(row, "en", by=SYSTEM)
    assert row.level == level
    assert [reading.article(row.number, reader, "en") is not None for reader in range(3)] == [
        reader >= level for reader in range(3)
    ]
    assert [bool(reading.find("title", reader, "en")) for reader in range(3)] == [
        reader >= level for reader in range(3)
    ]


def test_what_stands_in_a_category_follows_its_audience(shelf: Category, article: Article) -> None:
    inner = shelves.add("Lamps", parent=shelf, by=SYSTEM)
    articles.arrange(article, category=inner, by=SYSTEM)
    shelves.change(shelf, audience=Audience.STAFF, by=SYSTEM)
    assert list(Category.objects.values_list("level", flat=True)) == [2, 2]
    assert Article.objects.get().level == 2
    shelves.change(shelf, audience=Audience.PUBLIC, by=SYSTEM)
    assert Article.objects.get().level == 0


def test_a_category_cannot_stand_in_itself_nor_go_while_it_holds_something(shelf: Category, article: Article) -> None:
    inner = shelves.add("Lamps", parent=shelf, by=SYSTEM)
    acts: list[tuple[type[Exception], Callable[[], object]]] = [
        (shelves.InItself, lambda: shelves.change(shelf, parent=inner, by=SYSTEM)),
        (shelves.InItself, lambda: shelves.change(shelf, parent=shelf, by=SYSTEM)),
        (shelves.NotEmpty, lambda: shelves.remove(shelf, by=SYSTEM)),
        (shelves.UnknownField, lambda: shelves.change(shelf, colour="red", by=SYSTEM)),
        (articles.UnknownField, lambda: articles.arrange(article, colour="red", by=SYSTEM)),
        (articles.NoTitle, lambda: articles.begin(shelf, " ", by=SYSTEM)),
        (articles.UnknownLanguage, lambda: articles.begin(shelf, "x", language="xx", by=SYSTEM)),
    ]
    for refusal, act in acts:
        with pytest.raises(refusal):
            act()
    assert Category.objects.get(pk=shelf.pk).parent_id is None
    assert Article.objects.count() == 1
    shelves.remove(inner, by=SYSTEM)
    assert Category.objects.count() == 1


def test_a_shelf_shows_what_its_readers_may_read_and_hides_when_that_is_nothing(shelf: Category) -> None:
    for title, audience in (("Open", 0), ("Inside", 2)):
        row = articles.begin(shelf, title, audience=audience, by=SYSTEM)
        versions.publish(row, "en", by=SYSTEM)
    shelves.add("Empty", by=SYSTEM)
    assert [(one.title, one.count) for one in reading.shelves(Audience.PUBLIC, "en")] == [("Returns", 1)]
    assert [(one.title, one.count) for one in reading.shelves(Audience.STAFF, "en")] == [("Returns", 2)]


def test_an_article_is_arranged_with_products_and_neighbours(article: Article, shelf: Category) -> None:
    other = articles.begin(shelf, "Other", by=SYSTEM)
    versions.publish(other, "en", by=SYSTEM)
    articles.arrange(article, related=[other, article], by=SYSTEM)
    assert list(article.related.all()) == [other]
    event = EventRecord.objects.get(type="knowledge.article_arranged")
    assert event.data == {"title": "How to return a lamp", "summary": "related"}
    assert [one.article for one in reading.related(article, Audience.PUBLIC, "en")] == [other]
