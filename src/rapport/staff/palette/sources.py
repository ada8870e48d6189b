"""Search as one types. Every question reads a bounded piece of an index, however many rows begin like that.

A name that begins with what was typed comes first: names are read in order off the index of folded names, so "m" is
as quick as "mar delkol". Only when these are fewer than wanted is the index of words asked, for the other words of a
name, parts of addresses and numbers; its answer is not sorted, for a frequent beginning has too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from urllib.parse import quote
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from rapport.commerce.models import Order, Product
from rapport.commerce.queries import find_products
from rapport.customers import queries, searching
from rapport.customers.models import Customer
from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.kernel import search
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.folding import Fold, fold
from rapport.kernel.money import Money
from rapport.marketing.models import Segment
from rapport.objects.models import Record
from rapport.objects.queries import looked_for, types_for
from rapport.staff.addresses import address
from rapport.staff.objects.listings import href
from rapport.ui import formats
from rapport.ui.palette import Hit

SHOWN = ("name", "number", "kind", "city")
ORDERED = ("number", "gross_minor", "discount_minor", "currency", "customer__name", "customer__number")
SHORT = 3
LINE = 6  # digits: half the customers may have numbers that begin with the same four


def records(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Return the records of custom objects within reach that fit what was typed."""
    if len(text.strip()) < SHORT:
        return []
    kinds = types_for(actor)
    rows = looked_for(Record.objects.visible_to(actor).live().filter(type__in=kinds), text) if kinds else ()
    return [Hit(row.label, href(row), row.kind.icon, f"{row.kind.name} {row.code}") for row in rows[:limit]]


def customers(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Return the customers within reach that fit what was typed, names that begin with it first."""
    rows = Customer.objects.visible_to(actor).live()
    by_name = _by_name(rows, text) if actor.reach(CUSTOMERS) is Reach.ALL else ()
    found = _first(chain(_by_code(rows, text), by_name, _by_word(rows, text, limit)), limit)
    return [_customer(row) for row in found]


def _by_code(rows: QuerySet[Customer], text: str) -> Iterator[Customer]:
    """Yield the customer whose number was typed, with or without its C-."""
    digits = text.strip().lower().removeprefix("c-")
    if digits.isdigit() and len(digits) < 15:
        yield from rows.filter(number=int(digits)).only(*SHOWN)


def _by_name(rows: QuerySet[Customer], text: str) -> Iterator[Customer]:
    """Yield customers whose name begins with what was typed, read off the index one small page at a time."""
    beginning = fold(text.strip())
    if beginning and not beginning[0].isdigit():
        named = rows.alias(folded=Fold("name")).filter(folded__startswith=beginning)
        yield from named.only(*SHOWN)[:10]


def _by_word(rows: QuerySet[Customer], text: str, limit: int) -> Iterator[Customer]:
    """Yield customers with words, addresses or numbers that begin with what was typed.

    Words of one letter are looked for among the rows found by the others: too many words begin like that.
    """
    words = search.words(text)
    letters = [word for word in words if len(word) == 1] if "@" not in text else []
    longer = " ".join(word for word in words if len(word) > 1) if letters else text
    digits = sum(one.isdigit() for one in longer)
    enough = digits >= LINE if searching.is_number(longer) else len(longer.strip()) >= SHORT
    sought = queries.sought(longer) if enough else None
    if sought is None:
        return
    for row in sought.among(rows).only(*SHOWN)[: 20 * limit if letters else 2 * limit]:
        names = search.words(row.name)
        if all(any(name.startswith(letter) for name in names) for letter in letters):
            yield row


def _first(rows: Iterable[Customer], limit: int) -> list[Customer]:
    """Return the first `limit` different rows, asking for no more than that takes."""
    found: dict[UUID, Customer] = {}
    for row in rows:
        found.setdefault(row.pk, row)
        if len(found) >= limit:
            break
    return list(found.values())


def _customer(row: Customer) -> Hit:
    detail = f"{row.code} · {row.city}" if row.city else row.code
    icon = "building" if row.kind == Customer.Kind.COMPANY else "user"
    return Hit(row.label, address("staff:customer", row.pk), icon, detail)


def orders(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Return the orders within reach whose number is what was typed, then those whose number begins with it.

    A word without a digit is asked for as it is: it is hardly the beginning of a number.
    """
    typed = text.strip().removeprefix("#")
    spellings = list(dict.fromkeys((typed, typed.upper())))
    rows = Order.objects.visible_to(actor).select_related("customer").only(*ORDERED)
    asked = [rows.filter(number__in=spellings)]
    if any(one.isdigit() for one in typed):
        asked += [rows.filter(number__startswith=one) for one in spellings]
    found: dict[UUID, Order] = {}
    for question in asked:
        for row in question.order_by()[:limit]:
            found.setdefault(row.pk, row)
        if len(found) >= limit:
            break
    return [_order(row) for row in list(found.values())[:limit]]


def _order(row: Order) -> Hit:
    total = formats.money(Money(row.gross_minor - row.discount_minor, row.currency))
    detail = " · ".join(part for part in (row.customer.label if row.customer else "", total) if part)
    return Hit(row.number, address("staff:order", row.pk), "shopping-cart", detail)


def products(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Return the products that fit what was typed; each leads to the orders that have it."""
    rows: QuerySet[Product] = find_products(text, actor) if len(text.strip()) >= SHORT else Product.objects.none()
    return [_product(row) for row in rows.only("sku", "name", "price_minor", "currency")[:limit]]


def _product(row: Product) -> Hit:
    condition = f'lines.sku = "{row.sku}"' if '"' not in row.sku and "\\" not in row.sku else ""
    price = formats.money(Money(row.price_minor, row.currency)) if row.price_minor is not None and row.currency else ""
    detail = " · ".join(part for part in (row.sku, price) if part)
    return Hit(str(row), f"{reverse('staff:orders')}?f={quote(condition)}", "package", detail)


def segments(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Return the segments whose name holds what was typed, with how many are in them."""
    rows = Segment.objects.visible_to(actor).active().alias(folded=Fold("name")).filter(folded__contains=fold(text))
    found = rows.only("name", "size")[:limit]
    return [Hit(row.name, address("staff:segment", row.pk), "target", formats.number(row.size)) for row in found]
