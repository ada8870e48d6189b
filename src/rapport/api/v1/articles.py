"""Articles of the help centre over the API: found, read, written and published."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, P, QueryEx, Router, Schema, Status

from rapport.api.v1.access import actor_of, one
from rapport.api.v1.cursors import MAX_LIMIT, Order, Page, page_of
from rapport.api.v1.idempotency import once
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.knowledge.models import Article, Category, Translation, Version
from rapport.knowledge.permissions import PUBLISH, VIEW, WRITE
from rapport.knowledge.queries import writing
from rapport.knowledge.services import articles, versions

router = Router(tags=["articles"])
FIELDS = (
    "id",
    "number",
    "code",
    "category_id",
    "audience",
    "level",
    "language",
    "owner_id",
    "created_at",
    "updated_at",
)
CATEGORY = ("id", "slug", "title", "text", "parent_id", "audience", "position")


class StandingOut(Schema):
    """Where an article stands in a language: published, stale, draft, review, changed or withdrawn."""

    language: str
    title: str
    state: str
    published_at: datetime | None
    reads: int
    helpful: int
    unhelpful: int


class ArticleRow(Schema):
    """An article; `audience` is 0 everybody, 1 customers who signed in, 2 staff only."""

    id: UUID
    number: int
    code: str
    title: str
    category_id: UUID
    audience: int
    level: int
    language: str
    owner_id: UUID | None
    created_at: datetime
    updated_at: datetime
    languages: list[StandingOut]


class WordsOut(Schema):
    """What readers see of an article in one language."""

    language: str
    title: str
    summary: str
    text: str
    html: str
    published_at: datetime | None


class DraftOut(Schema):
    """What waits to be published: Markdown. `written_at` goes along when it is saved again."""

    language: str
    title: str
    summary: str
    keywords: str
    body: str
    author_name: str
    written_at: datetime


class ArticleOut(ArticleRow):
    """An article with the words that are published, and the drafts of those who may write."""

    published: list[WordsOut]
    drafts: list[DraftOut]


class CategoryOut(Schema):
    """A shelf of the help centre."""

    id: UUID
    slug: str
    title: str
    text: str
    parent_id: UUID | None
    audience: int
    position: int


class DraftIn(Schema):
    """Words to save as a draft. With `seen`, when the draft was saved that they change, 409 when it is newer."""

    language: str = Field(max_length=8)
    title: str = Field(min_length=1, max_length=200)
    body: str = Field("", max_length=200_000)
    summary: str = Field("", max_length=300)
    keywords: str = Field("", max_length=300)
    seen: datetime | None = None


class ArticleIn(Schema):
    """An article to begin, with its first draft; without `language` it is in the organisation's."""

    category_id: UUID
    title: str = Field(min_length=1, max_length=200)
    body: str = Field("", max_length=200_000)
    summary: str = Field("", max_length=300)
    keywords: str = Field("", max_length=300)
    language: str = Field("", max_length=8)
    audience: int = Field(0, ge=0, le=2)


class LanguageIn(Schema):
    """Of which language."""

    language: str = Field(max_length=8)


@router.get("", response=Page[ArticleRow], summary="List articles")
def list_articles(
    request: HttpRequest,
    search: str = "",
    category_id: UUID | None = None,
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return articles by their number: of a category, or with all words of `search` in them."""
    rows: QuerySet[Article] = Article.objects.visible_to(_allowed(request, VIEW)).live()
    if category_id:
        rows = rows.filter(category_id=category_id)
    if search:
        rows = writing.found(rows, search)
    page = page_of(rows, Order("number"), cursor, limit, lambda row: {"row": row})
    return {**page, "items": [shown(held) for held in writing.held(one["row"] for one in page["items"])]}


@router.post("", response={201: ArticleOut}, summary="Begin an article")
@once
def begin_article(request: HttpRequest, payload: ArticleIn) -> Status[dict[str, Any]]:
    """Begin an article with a first draft; nobody reads it before it is published."""
    actor = _allowed(request, WRITE)
    category = one(Category.objects.visible_to(actor).filter(pk=payload.category_id))
    values = payload.model_dump(exclude={"category_id", "title"})
    return Status(201, whole(articles.begin(category, payload.title, by=actor, **values), actor))


@router.get("/{article_id}", response=ArticleOut, summary="Get an article")
def get_article(request: HttpRequest, article_id: UUID) -> dict[str, Any]:
    """Return one article with its words in all languages."""
    actor = _allowed(request, VIEW)
    return whole(find(article_id, actor), actor)


@router.put("/{article_id}/draft", response=ArticleOut, summary="Save a draft")
@once
def save_draft(request: HttpRequest, article_id: UUID, payload: DraftIn) -> dict[str, Any]:
    """Save the draft in a language; what is published stays as it is until the draft is."""
    actor = _allowed(request, WRITE)
    article = find(article_id, actor)
    words = payload.model_dump(exclude={"language", "seen"})
    seen = payload.seen.isoformat() if payload.seen else ""
    versions.write(article, payload.language, by=actor, seen=seen, **words)
    return whole(find(article_id, actor), actor)


@router.post("/{article_id}/publish", response=ArticleOut, summary="Publish a draft")
@once
def publish_draft(request: HttpRequest, article_id: UUID, payload: LanguageIn) -> dict[str, Any]:
    """Let readers have the draft in a language; 409 when there is none."""
    actor = _allowed(request, PUBLISH)
    versions.publish(find(article_id, actor), payload.language, by=actor)
    return whole(find(article_id, actor), actor)


@router.post("/{article_id}/withdraw", response=ArticleOut, summary="Withdraw an article")
@once
def withdraw(request: HttpRequest, article_id: UUID, payload: LanguageIn) -> dict[str, Any]:
    """Take the published words in a language from readers."""
    actor = _allowed(request, PUBLISH)
    versions.withdraw(find(article_id, actor), payload.language, by=actor)
    return whole(find(article_id, actor), actor)


def list_categories(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the shelves of the help centre, in their order."""
    rows = Category.objects.visible_to(_allowed(request, VIEW))
    return [{name: getattr(row, name) for name in CATEGORY} for row in rows]


shelves = Router(tags=["articles"])
shelves.get("", response=list[CategoryOut], summary="List categories")(list_categories)


def find(article_id: UUID, actor: Actor) -> Article:
    """Return an article within the actor's reach that is not put away, or answer 404."""
    return one(Article.objects.visible_to(actor).live().filter(pk=article_id))


def shown(held: writing.Held) -> dict[str, Any]:
    """Return an article as an `ArticleRow`."""
    standings = [
        {
            "language": one.language,
            "title": one.translation.title,
            "state": one.state,
            "published_at": one.translation.published_at,
            "reads": one.translation.reads,
            "helpful": one.translation.helpful,
            "unhelpful": one.translation.unhelpful,
        }
        for one in held.standings
    ]
    return {
        **{name: getattr(held.article, name) for name in FIELDS},
        "title": held.title,
        "languages": standings,
    }


def whole(article: Article, actor: Actor) -> dict[str, Any]:
    """Return an article as an `ArticleOut`."""
    words = Translation.objects.filter(article=article, published_at__isnull=False).order_by("language")
    drafts = Version.objects.filter(translation__article=article, published_at__isnull=True)
    may_write = actor.may(WRITE)
    return {
        **shown(writing.held([article])[0]),
        "published": [{name: getattr(row, name) for name in WordsOut.model_fields} for row in words],
        "drafts": [_draft(row) for row in drafts.select_related("translation")] if may_write else [],
    }


def _draft(row: Version) -> dict[str, Any]:
    names = DraftOut.model_fields.keys() - {"language"}
    return {**{name: getattr(row, name) for name in names}, "language": row.translation.language}


def _allowed(request: HttpRequest, right: Right) -> Actor:
    actor = actor_of(request)
    actor.require(right)
    return actor
