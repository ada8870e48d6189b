"""What may happen to an article as a whole: begun, arranged, put away, restored."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.kernel import clock, numbering
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.knowledge.events import ArticleArchived, ArticleArranged, ArticleBegun, ArticleRestored
from rapport.knowledge.models import Article, Category, Translation, Version
from rapport.knowledge.permissions import PUBLISH, WRITE
from rapport.team.queries import organisation

EDITABLE = frozenset({"category", "audience", "owner_id", "review_on", "position"})
SETS = frozenset({"related", "products"})


class NoTitle(ValueError):
    """An article needs a title."""


class UnknownLanguage(ValueError):
    """Not one of the languages that the product speaks."""


class UnknownField(ValueError):
    """A field that an article does not have."""


@verb(WRITE, publishes=(ArticleBegun,))
def begin(category: Category, title: str, *, by: Actor, language: str = "", body: str = "", **values: Any) -> Article:
    """Begin an article with a first draft in `language` (the organisation's) and return it.

    `values`: audience, owner_id, review_on, position; summary and keywords of the draft.
    Raises `NoTitle`, `UnknownLanguage`, `UnknownField`.
    """
    language = checked(title, language or organisation().language)
    at = clock.now()
    draft = {key: values.pop(key, "") for key in ("summary", "keywords")}
    if unknown := set(values) - EDITABLE:
        raise UnknownField(_("An article has no %(field)s.") % {"field": ", ".join(sorted(unknown))})
    audience = values.get("audience", 0)
    article = Article.objects.create(
        number=numbering.next_number("article"),
        category=category,
        language=language,
        level=max(audience, category.level),
        created_at=at,
        updated_at=at,
        **{"owner_id": by.user_id, **values},
    )
    translation = Translation.objects.create(article=article, language=language, title=title.strip())
    Version.objects.create(
        translation=translation,
        number=1,
        title=title.strip(),
        body=body,
        author_id=by.user_id,
        author_name=by.name,
        written_at=at,
        **draft,
    )
    publish(ArticleBegun(title=title.strip(), language=language), by=by, subject=article)
    return article


@verb(PUBLISH, publishes=(ArticleArranged,))
def arrange(article: Article, *, by: Actor, **values: Any) -> Article:
    """Change category, audience, owner_id, review_on, position, related articles or products of an article.

    Raises `UnknownField`.
    """
    if unknown := set(values) - EDITABLE - SETS:
        raise UnknownField(_("An article has no %(field)s.") % {"field": ", ".join(sorted(unknown))})
    row = Article.objects.select_for_update().get(pk=article.pk)
    changed = [key for key, value in values.items() if key in EDITABLE and getattr(row, key) != value]
    for key in changed:
        setattr(row, key, values[key])
    for key in sorted(SETS & set(values)):
        relation, wanted = getattr(row, key), {one.pk for one in values[key]} - {row.pk}
        if set(relation.values_list("pk", flat=True)) != wanted:
            relation.set(wanted)
            changed.append(key)
    row.level = max(row.audience, row.category.level)
    row.updated_at = clock.now()
    row.save()
    if changed:
        publish(ArticleArranged(title=title_of(row), summary=", ".join(changed)), by=by, subject=row)
    return row


@verb(PUBLISH, publishes=(ArticleArchived,), offer=("bulk",))
def archive(article: Article, *, by: Actor) -> None:
    """Put an article away: readers do not find it any more, its words stay."""
    if Article.objects.filter(pk=article.pk, archived_at__isnull=True).update(archived_at=clock.now()):
        publish(ArticleArchived(title=title_of(article)), by=by, subject=article)


@verb(PUBLISH, publishes=(ArticleRestored,), offer=("bulk",))
def restore(article: Article, *, by: Actor) -> None:
    """Bring an article back that was put away."""
    if Article.objects.filter(pk=article.pk, archived_at__isnull=False).update(archived_at=None):
        publish(ArticleRestored(title=title_of(article)), by=by, subject=article)


def title_of(article: Article) -> str:
    """Return the title in the article's own language."""
    row = article.translations.filter(language=article.language).values_list("title", flat=True).first()
    return row or article.code


def checked(title: str, language: str) -> str:
    """Return `language` when it is one of ours and there is a title; raises `NoTitle`, `UnknownLanguage`."""
    if not title.strip():
        raise NoTitle(_("An article needs a title."))
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(_("Rapport does not speak %(language)s.") % {"language": language})
    return language
