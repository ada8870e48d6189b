"""The shelves of the help centre: adding, changing and removing categories."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.text import slugify
from django.utils.translation import gettext as _

from rapport.kernel import clock, search
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.knowledge.events import ShelfChanged
from rapport.knowledge.models import Article, Category
from rapport.knowledge.permissions import PUBLISH

EDITABLE = frozenset({"title", "text", "icon", "words", "audience", "parent", "position"})


class UnknownField(ValueError):
    """A field that a category does not have."""


class InItself(ValueError):
    """A category cannot stand in itself or in one that stands in it."""


class NotEmpty(ValueError):
    """A category that still holds articles or categories stays."""


@verb(PUBLISH, publishes=(ShelfChanged,))
def add(title: str, *, by: Actor, **values: Any) -> Category:
    """Add a category; `values` as in `change`. Raises `UnknownField`."""
    _known(values)
    row = Category(title=title.strip(), slug=_slug(title), created_at=clock.now(), **values)
    row.level = row.audience
    row.save(force_insert=True)
    settle()
    publish(ShelfChanged(what=_("Category added"), name=row.title), by=by, subject=row)
    row.refresh_from_db()
    return row


@verb(PUBLISH, publishes=(ShelfChanged,))
def change(category: Category, *, by: Actor, **values: Any) -> Category:
    """Change title, text, icon, words, audience, parent or position of a category.

    What stands in it follows its audience. Raises `UnknownField`, `InItself`.
    """
    _known(values)
    list(Category.objects.select_for_update().order_by("pk"))
    row = Category.objects.get(pk=category.pk)
    if values.get("parent") is not None and values["parent"].pk in within(row):
        raise InItself(_("A category cannot stand in itself."))
    for key, value in values.items():
        setattr(row, key, value)
    row.level = max(row.level, row.audience)
    row.save()
    settle()
    publish(ShelfChanged(what=_("Category changed"), name=row.title), by=by, subject=row)
    row.refresh_from_db()
    return row


@verb(PUBLISH, publishes=(ShelfChanged,))
def remove(category: Category, *, by: Actor) -> None:
    """Remove an empty category. Raises `NotEmpty`."""
    row = Category.objects.select_for_update().get(pk=category.pk)
    if row.articles.exists() or row.children.exists():
        raise NotEmpty(_("Move what stands in it first."))
    publish(ShelfChanged(what=_("Category removed"), name=row.title), by=by, subject=row)
    row.delete()


def within(category: Category) -> set[Any]:
    """Return the ids of a category and of all that stand in it."""
    children: dict[Any, list[Any]] = {}
    for key, parent in Category.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(key)
    found, waiting = set(), [category.pk]
    while waiting:
        key = waiting.pop()
        found.add(key)
        waiting += children.get(key, [])
    return found


def settle() -> None:
    """Bring the levels of all categories and articles in line with the audiences around them."""
    rows = {row.pk: row for row in Category.objects.all()}
    for row in rows.values():
        level, above = row.audience, row.parent_id
        while above:
            level, above = max(level, rows[above].audience), rows[above].parent_id
        if level != row.level:
            row.level = level
            row.save(update_fields=["level"])
        articles = Article.objects.filter(category=row).exclude(level=Greatest(F("audience"), level))
        articles.update(level=Greatest(F("audience"), level))


def _known(values: dict[str, Any]) -> None:
    if unknown := set(values) - EDITABLE:
        raise UnknownField(_("A category has no %(field)s.") % {"field": ", ".join(sorted(unknown))})


def _slug(title: str) -> str:
    """Return a free slug for `title`."""
    base = slugify(search.fold(title))[:60] or "help"
    taken = set(Category.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
