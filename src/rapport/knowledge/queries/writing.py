"""What writers ask: where each article stands in each language, and what waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from rapport.kernel import search
from rapport.kernel.actors import Actor
from rapport.knowledge import searching
from rapport.knowledge.models import Article, Translation, Version


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an article stands in one language. `published` and `stale_since` are version numbers.

    `stale_since` is the version of the article's own language that this translation lacks, None when it is up to date.
    """

    translation: Translation
    draft: Version | None
    stale_since: int | None

    @property
    def language(self) -> str:
        """The language."""
        return self.translation.language

    @property
    def state(self) -> str:
        """Return published, stale, review, draft, changed (published, with a newer draft) or withdrawn."""
        if self.draft:
            if self.draft.asked_at:
                return "review"
            return "changed" if self.translation.published_at else "draft"
        if self.translation.published_at is None:
            return "withdrawn"
        return "stale" if self.stale_since else "published"


@dataclass(frozen=True, slots=True)
class Held:
    """An article and where it stands in its languages, its own first."""

    article: Article
    standings: list[Standing]

    @property
    def title(self) -> str:
        """The title in the article's own language."""
        return self.standings[0].translation.title if self.standings else self.article.code

    @property
    def stale(self) -> list[Standing]:
        """The languages that lag behind."""
        return [one for one in self.standings if one.stale_since and one.translation.published_at]


def held(articles: Iterable[Article]) -> list[Held]:
    """Return these articles with where they stand, by two questions."""
    rows = list(articles)
    found: dict[UUID, list[Translation]] = defaultdict(list)
    texts = Translation.objects.filter(article__in=rows).defer("html", "text", "headings", "search")
    for text in texts.order_by("language"):
        found[text.article_id].append(text)
    waiting = Version.objects.filter(translation__article__in=rows, published_at__isnull=True).defer("body")
    drafts = {draft.translation_id: draft for draft in waiting}
    return [Held(row, _standings(row, found[row.pk], drafts)) for row in rows]


def _standings(article: Article, texts: list[Translation], drafts: dict[UUID, Version]) -> list[Standing]:
    own = next((text.number for text in texts if text.language == article.language), None)
    made = [Standing(text, drafts.get(text.pk), _lacks(text, article, own)) for text in texts]
    return sorted(made, key=lambda one: (one.language != article.language, one.language))


def _lacks(text: Translation, article: Article, own: int | None) -> int | None:
    if text.language == article.language or own is None or text.number is None:
        return None
    return own if (text.translated_from or 0) < own else None


def articles(actor: Actor) -> QuerySet[Article]:
    """Return the articles within reach that are not put away."""
    rows = Article.objects.visible_to(actor).live().select_related("category", "owner")
    return rows.order_by("category__position", "category__title", "position", "number")


def narrowed(rows: QuerySet[Article], state: str, today: date) -> QuerySet[Article]:
    """Return those of `rows` in a state: draft, review, published, stale or due (to be looked at again)."""
    drafts = Version.objects.filter(translation__article=OuterRef("pk"), published_at__isnull=True)
    texts = Translation.objects.filter(article=OuterRef("pk"), published_at__isnull=False)
    if state == "draft":
        return rows.filter(Exists(drafts.filter(asked_at__isnull=True)))
    if state == "review":
        return rows.filter(Exists(drafts.filter(asked_at__isnull=False)))
    if state == "published":
        return rows.filter(Exists(texts))
    if state == "due":
        return rows.filter(review_on__lte=today)
    if state == "stale":
        return rows.filter(pk__in=stale_ids())
    return rows


def stale_ids() -> QuerySet[Translation, UUID]:
    """Return the ids of the articles with a published translation that lags behind their own language."""
    own = Translation.objects.filter(article=OuterRef("article"), language=OuterRef("article__language"))
    rows = Translation.objects.filter(published_at__isnull=False).exclude(language=F("article__language"))
    lagging = rows.annotate(own=Subquery(own.values("number"))).filter(own__gt=Coalesce("translated_from", 0))
    return lagging.values_list("article_id", flat=True).distinct()


def found(rows: QuerySet[Article], typed: str) -> QuerySet[Article]:
    """Return those of `rows` whose published words or whose titles hold what was typed."""
    query = searching.strict(typed, ())
    if query is None:
        return rows
    words = search.words(typed)
    titles = Translation.objects.filter(article=OuterRef("pk"), search=query)
    drafts = Version.objects.filter(translation__article=OuterRef("pk"))
    for word in words:
        drafts = drafts.filter(title__icontains=word)
    return rows.filter(Exists(titles) | Exists(drafts))


def versions(article: Article, language: str) -> QuerySet[Version]:
    """Return the versions of an article in one language, the newest first."""
    return Version.objects.filter(translation__article=article, translation__language=language).order_by("-number")
