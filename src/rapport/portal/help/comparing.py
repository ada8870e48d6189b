"""Products side by side."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.kernel.money import Price
from rapport.knowledge.models import ComparedProduct, Comparison
from rapport.knowledge.queries import reading
from rapport.portal.gates import open_to_all
from rapport.portal.help.views import address
from rapport.portal.requests import PortalRequest
from rapport.ui import formats

YES = frozenset({"yes", "ja", "oui", "si", "sí", "sim", "✓"})
NO = frozenset({"no", "nein", "non", "não", "nao", "✗", "–", "-"})


@dataclass(frozen=True, slots=True)
class Value:
    """A cell: its words, and whether it is a plain yes or no; `differs` when the products are not all alike in it."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison; `differs` when the products are not all alike in it."""

    label: str
    values: list[Value]
    differs: bool


@open_to_all
@require_safe
def comparisons(request: PortalRequest) -> HttpResponse:
    """List the comparisons."""
    return render(request, "portal/help/comparisons.html", {"comparisons": reading.comparisons(request.level)})


@open_to_all
@require_safe
def comparison(request: PortalRequest, slug: str) -> HttpResponse:
    """Show products side by side; `only=differences` leaves out in what they are alike."""
    found = reading.comparisons(request.level).filter(slug=slug).first()
    if found is None:
        raise Http404
    compared = list(found.compared.select_related("product"))
    only = request.GET.get("only") == "differences"
    every = lines(found, compared)
    texts = reading.of_products([one.product_id for one in compared], request.level, request.language)
    context = {
        "comparison": found,
        "compared": compared,
        "lines": [line for line in every if line.differs] if only else every,
        "only": only,
        "texts": [(one, address(one)) for one in texts[:6]],
    }
    return render(request, "portal/help/comparison.html", context)


def lines(comparison: Comparison, compared: list[ComparedProduct]) -> list[Line]:
    """Return the lines of a comparison: the price first, then what was written."""
    prices = [_price(one) for one in compared]
    rows = [[_("Price"), *prices]] if any(prices) else []
    return [_line(row) for row in [*rows, *comparison.rows]]


def _line(row: list[str]) -> Line:
    values = [Value(text, _mark(text)) for text in row[1:]]
    return Line(row[0], values, len({value.text.strip().casefold() for value in values}) > 1)


def _mark(text: str) -> str:
    plain = text.strip().casefold()
    return "yes" if plain in YES else "no" if plain in NO else ""


def _price(one: ComparedProduct) -> str:
    product = one.product
    if product.price_minor is None or not product.currency:
        return ""
    return formats.money(Price(Decimal(product.price_minor), product.currency))
