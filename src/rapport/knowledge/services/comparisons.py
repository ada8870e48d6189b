"""Tables that set products side by side, so that customers choose well informed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _

from rapport.commerce.models import Product
from rapport.kernel import clock, search
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.knowledge.events import ShelfChanged
from rapport.knowledge.models import ComparedProduct, Comparison
from rapport.knowledge.permissions import PUBLISH, WRITE

MOST = 6


class TooFew(ValueError):
    """A comparison needs two products at least, and six at most to be read."""


class NoTitle(ValueError):
    """A comparison needs a title."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A product of a comparison, and whom it suits best."""

    product: Product
    best_for: str = ""


@verb(WRITE, publishes=(ShelfChanged,))
def save(
    comparison: Comparison | None,
    *,
    by: Actor,
    title: str,
    products: Sequence[Compared],
    rows: Sequence[Sequence[str]],
    text: str = "",
    audience: int = 0,
) -> Comparison:
    """Add or change a comparison: `rows` are a label and a value for each product. Raises `NoTitle`, `TooFew`."""
    if not title.strip():
        raise NoTitle(_("A comparison needs a title."))
    if not 2 <= len(products) <= MOST:
        raise TooFew(_("Compare two to six products."))
    row = comparison or Comparison(slug=_slug(title))
    row.title, row.text, row.audience = title.strip()[:160], text.strip()[:600], audience
    row.rows = [_padded(line, len(products) + 1) for line in rows if line and line[0].strip()]
    row.updated_at = clock.now()
    row.save()
    row.compared.all().delete()
    ComparedProduct.objects.bulk_create(
        ComparedProduct(comparison=row, product=one.product, position=place, best_for=one.best_for.strip()[:120])
        for place, one in enumerate(products)
    )
    publish(ShelfChanged(what=_("Comparison written"), name=row.title), by=by, subject=row)
    return row


@verb(PUBLISH, publishes=(ShelfChanged,))
def publish_comparison(comparison: Comparison, *, by: Actor) -> None:
    """Let readers have a comparison."""
    if Comparison.objects.filter(pk=comparison.pk, published_at__isnull=True).update(published_at=clock.now()):
        publish(ShelfChanged(what=_("Comparison published"), name=comparison.title), by=by, subject=comparison)


@verb(PUBLISH, publishes=(ShelfChanged,))
def withdraw(comparison: Comparison, *, by: Actor) -> None:
    """Take a comparison from readers."""
    if Comparison.objects.filter(pk=comparison.pk, published_at__isnull=False).update(published_at=None):
        publish(ShelfChanged(what=_("Comparison withdrawn"), name=comparison.title), by=by, subject=comparison)


@verb(PUBLISH, publishes=(ShelfChanged,))
def remove(comparison: Comparison, *, by: Actor) -> None:
    """Remove a comparison."""
    publish(ShelfChanged(what=_("Comparison removed"), name=comparison.title), by=by, subject=comparison)
    Comparison.objects.filter(pk=comparison.pk).delete()


def _padded(line: Sequence[str], length: int) -> list[str]:
    values = [text.strip()[:300] for text in line[:length]]
    return values + [""] * (length - len(values))


def _slug(title: str) -> str:
    base = slugify(search.fold(title))[:80] or "comparison"
    taken = set(Comparison.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
