"""Who writes: customers of the demonstration with an order of theirs and what was in it, found by country and goods."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from uuid import UUID

from django.db import connection

from rapport.customers.models import Customer

MOST = 420
_BUYERS = """
WITH chosen AS (
    (SELECT id, country FROM customers_customer WHERE sample AND country = 'GB' ORDER BY md5(number::text) LIMIT %s)
    UNION ALL
    SELECT id, country FROM customers_customer WHERE sample AND country IN ('DE', 'AT', 'FR', 'BE', 'ES')
), latest AS (
    SELECT DISTINCT ON (o.customer_id) o.id, o.number, o.customer_id, c.country
    FROM commerce_order o JOIN chosen c ON c.id = o.customer_id
    WHERE o.kind = 'sale' AND o.status <> 'cancelled' ORDER BY o.customer_id, o.placed_at DESC, o.id
)
SELECT c.number, l.customer_id, l.country, l.id, l.number, p.id, p.name, trunc(n.quantity)
FROM latest l
JOIN customers_customer c ON c.id = l.customer_id
JOIN commerce_orderline n ON n.order_id = l.id AND n.quantity > 0
JOIN commerce_product p ON p.id = n.product_id AND length(p.name) > 8
ORDER BY 1, n.position
"""
_NO_GOODS = re.compile(r"postage|manual|carriage|discount|mailout|charge|sample|adjust|fee\b", re.IGNORECASE)
_COUNTRIES = {"DE": ("DE", "AT"), "FR": ("FR", "BE")}


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of the last order of a customer."""

    customer_id: UUID
    order_id: UUID
    order: str
    product_id: UUID
    product: str
    quantity: int


@dataclass(slots=True)
class Part:
    """Who plays a part: the customer, what they bought, and the words that stand for it in a text."""

    customer: Customer
    bought: Bought
    address: str
    words: Mapping[str, str]


class Cast:
    """The customers who may write. Everybody is taken once before somebody is taken twice."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.by_country: dict[str, list[list[Bought]]] = defaultdict(list)
        self.taken: dict[UUID, int] = defaultdict(int)
        for country, lines in self._read():
            self.by_country[country].append(lines)
        for buyers in self.by_country.values():
            dice.shuffle(buyers)

    def anybody(self) -> bool:
        """Return whether there is somebody who bought something."""
        return bool(self.by_country)

    def part(self, country: str, like: str = "", *, again: bool = False) -> Part:
        """Return somebody of `country` whose last order has something `like` in its name, as far as there are any.

        With `again`, somebody who wrote before.
        """
        there = [one for name in _COUNTRIES.get(country, (country,)) for one in self.by_country[name]]
        pool = there or [one for buyers in self.by_country.values() for one in buyers]
        fits = [one for one in pool if any(like in line.product for line in one)] or pool
        chosen = min(fits, key=lambda lines: self._turn_of(lines, again=again))
        bought = next((line for line in chosen if like in line.product), chosen[0])
        self.taken[bought.customer_id] += 1
        return _part(bought)

    def _turn_of(self, lines: list[Bought], *, again: bool) -> tuple[bool, int]:
        times = self.taken[lines[0].customer_id]
        return again and not times, times

    def _read(self) -> list[tuple[str, list[Bought]]]:
        found: dict[UUID, tuple[str, list[Bought]]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_BUYERS, [MOST])
            for _number, customer, country, order, code, product, name, quantity in cursor.fetchall():
                if not _NO_GOODS.search(name):
                    line = Bought(customer, order, code, product, " ".join(name.lower().split()).strip(" ."), quantity)
                    found.setdefault(customer, (country, []))[1].append(line)
        return list(found.values())


def _part(bought: Bought) -> Part:
    customer = Customer.objects.get(pk=bought.customer_id)
    emails = customer.identities.filter(kind="email").order_by("-primary", "created_at")
    words = {
        "name": customer.name,
        "given": customer.given_name or customer.name,
        "city": customer.city or "our town",
        "order": bought.order,
        "product": bought.product,
        "quantity": str(int(bought.quantity)),
    }
    return Part(customer, bought, emails.values_list("normal", flat=True).first() or "", words)
