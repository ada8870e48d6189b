"""Questions about customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from rapport.customers import searching
from rapport.customers.identities import BadIdentity, email, external, handle, phone
from rapport.customers.models import Consent, Customer, Duplicate, Identity
from rapport.customers.twins.judging import WORTH_A_WORD, judge
from rapport.customers.twins.keys import BOUNDS, RARE, kind_of
from rapport.customers.twins.keys import keys as match_keys
from rapport.customers.twins.pool import portraits
from rapport.customers.twins.portrait import Portrait
from rapport.kernel.actors import Actor
from rapport.kernel.doors import Door
from rapport.kernel.search import Query, stored
from rapport.kernel.written import KEY, Written

MANY, TIMES = 1_000, 2
"""A word is frequent that more than so many customers have, and so many times as many as have the rarest one."""

MOST = 5
_consents = Written()
_SHARING = """
SELECT k.key, (
    SELECT coalesce(array_agg(x.customer_id), '{}') FROM (
        SELECT m.customer_id FROM customers_matchkeys m WHERE m.keys @> ARRAY[k.key] LIMIT %(most)s
    ) x
) FROM unnest(%(keys)s::bigint[]) AS k (key)
"""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """The present state of one topic on one channel."""

    channel: str
    topic: str
    state: str
    at: datetime


def search(text: str, actor: Actor) -> QuerySet[Customer]:
    """Return the live customers within reach that match what was typed: part of a name, address or number."""
    rows = Customer.objects.visible_to(actor).live()
    found = sought(text)
    return found.among(rows) if found else rows.none()


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for, as `tsquery`s: `rare` in the index of words, `frequent` in each customer found by it.

    The index gathers everybody with a word that begins like a frequent one, however few the others leave.
    """

    rare: str
    frequent: str = ""

    def among(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        """Return those of `rows` in which all of it is."""
        found = rows.filter(search=Query(self.rare))
        if not self.frequent:
            return found
        # behind a function, so that the planner does not look for these in the index
        return found.alias(words=Coalesce("search", stored(""))).filter(words=Query(self.frequent))


def sought(text: str) -> Sought | None:
    """Return how to look for what was typed; None when there is nothing in it to look for."""
    query = searching.query(text)
    if query is None or len(query.parts) < 2:
        return Sought(query.text) if query else None
    about = _about(query.parts)
    many = max(MANY, TIMES * min(about))
    parts = list(zip(query.parts, about, strict=True))
    rare, frequent = ([part for part, count in parts if (count > many) is often] for often in (False, True))
    return Sought(" & ".join(rare), " & ".join(frequent))


def _about(parts: Sequence[str]) -> list[float]:
    """Return how many customers the planner expects for each part, by the statistics of the table."""
    each = " UNION ALL ".join(["SELECT FROM customers_customer WHERE search @@ %s::tsquery"] * len(parts))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {each}", parts)
        plan = cursor.fetchone()[0][0]["Plan"]
    while len(plan["Plans"]) < len(parts):  # of a large table they are gathered from several processes
        (plan,) = plan["Plans"]
    return [one["Plan Rows"] for one in plan["Plans"]]


def consent_state(customer: Customer, channel: str, topic: str) -> str:
    """Return granted, withdrawn, or nothing when it was never asked."""
    newest = Consent.objects.filter(customer=customer, channel=channel, topic=topic).order_by("-at", "-id")
    return newest.values_list("state", flat=True).first() or ""


def consents(customer: Customer) -> list[ConsentLine]:
    """Return the present consent of a customer for each channel and topic that was ever asked."""
    return [ConsentLine(*row) for row in _consents.rows("all", _asking_consents, {KEY: customer.pk})]


def _asking_consents() -> QuerySet[Consent, tuple[Any, ...]]:
    rows = Consent.objects.filter(customer=KEY).order_by("channel", "topic", "-at", "-id")
    return rows.distinct("channel", "topic").values_list("channel", "topic", "state", "at")


def same_identity(kind: str, value: str, country: str, actor: Actor) -> QuerySet[Customer]:
    """Return the customers within reach whose address or number is the same line as `value`; none for a bad one."""
    forms = {"email": email, "handle": handle, "external": external}
    rows: Door[Customer] = Customer.objects.visible_to(actor).live()
    try:
        form = phone(value, country or None) if kind == "phone" else forms[kind](value)
    except (BadIdentity, KeyError):
        return rows.none()
    held = Identity.objects.filter(kind=kind, match_key=form.match_key).values("customer_id")
    return rows.filter(pk__in=held)


@dataclass(frozen=True, slots=True)
class Possible:
    """A customer who may be the one that was described: how likely, from 0 to 100, and the codes of the reasons."""

    customer: Customer
    score: int
    reasons: tuple[str, ...]


def possible(of: Portrait, actor: Actor, *, but: UUID | None = None, least: int = WORTH_A_WORD) -> list[Possible]:
    """Return the customers within reach who may be the one described, the likeliest first, five at most.

    Of those that are as likely the one known longer comes first.

    `but` is left out: the customer itself. They are found by the match keys that they had when last compared.
    """
    sharing: dict[UUID, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SHARING, {"keys": sorted(match_keys(of)), "most": max(BOUNDS.values()) + 1})
        for key, ids in cursor.fetchall():
            if len(ids) <= BOUNDS[kind_of(key)]:
                sharing |= {one: sharing.get(one, 0) | 1 << kind_of(key) for one in ids if one != but}
    reachable: Door[Customer] = Customer.objects.visible_to(actor)
    there = reachable.filter(pk__in=sharing, deleted_at=None).in_bulk()
    verdicts = {key: judge(of, one, rare=bool(sharing[key] & RARE)) for key, one in portraits(there).items()}
    found = [key for key, one in verdicts.items() if one.score >= least]
    likely = sorted(found, key=lambda key: (-verdicts[key].score, there[key].number))
    return [Possible(there[key], verdicts[key].score, verdicts[key].reasons) for key in likely[:MOST]]


def pair_of(one: Customer, other: Customer) -> Duplicate | None:
    """Return the pair that two customers are in the queue of duplicates, also when somebody said that they are two."""
    first, second = sorted((one.pk, other.pk))
    return Duplicate.objects.filter(first=first, second=second).first()
