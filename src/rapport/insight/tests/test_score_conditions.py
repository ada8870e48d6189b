"""Conditions on scores and totals name the same customers in the database, in memory and in the lake."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from rapport.commerce.models import CustomerTotals
from rapport.customers.models import Customer
from rapport.insight.conditions import STAGES
from rapport.insight.conditions import kinds as worked_out
from rapport.insight.lake import reader
from rapport.insight.lake.refresh import refresh
from rapport.insight.models import Score
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import Ctx, matcher, read, to_q
from rapport.kernel.conditions.lake import to_ibis
from rapport.kernel.conditions.registry import Field, Type, root_named
from rapport.testing.builders import customer
from rapport.testing.cast import Cast

NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)
CTX = Ctx(now=NOW, zone="Europe/London", currency="GBP", actor=SYSTEM)
NUMBERS = (0.0, 0.1, 49.9, 50.0, 50.1, 99.9, 100.0)
MINOR = (-1, 0, 1, 9_999, 10_000, 10_001, 2**40)
MOMENTS = tuple(NOW - timedelta(days=days) for days in (0, 1, 30, 90, 400))
TOGETHER = 40
KINDS = tuple(name for name, _ in worked_out())


@pytest.fixture
def scored(cast: Cast, tmp_path: Path) -> Iterator[reader.Lake]:
    """Thirty customers with scores that lack something here and there, and a few without any."""
    chance = random.Random(11)
    fields = [field for field in Score._meta.concrete_fields if field.name not in {"customer", "as_of"}]
    for number in range(36):
        found = customer(f"Customer {number}")
        if number % 6 == 0:
            continue
        values = {
            field.name: chance.choice([None, *_values(field.get_internal_type())])
            for field in fields
            if field.null and field.get_internal_type() != "DateField"
        }
        kind, stage = chance.choice(["", *KINDS]), chance.choice(["", *STAGES])
        Score.objects.create(customer=found, as_of=NOW, confidence=0.5, kind=kind, stage=stage, **values)
        if number % 4:
            CustomerTotals.objects.update_or_create(
                customer=found, defaults={"orders": number % 3, "net_minor": chance.choice(MINOR)}
            )
    refresh(tmp_path)
    yield reader.open(tmp_path)
    reader.close()


def _values(kind: str) -> tuple[object, ...]:
    return {"BigIntegerField": MINOR, "DateTimeField": MOMENTS}.get(kind, NUMBERS)


def asked(path: str, field: Field) -> Iterator[str]:
    """Yield conditions on a field: every operator it has, at and around the values that there are."""
    yield f"{path} is empty"
    yield f"not {path} is empty"
    match field.type:
        case Type.NUMBER:
            for number in (0, 1, 2) if field.whole else (0, 49.9, 50):
                yield from (f"{path} {op} {number}" for op in ("<", ">=", "!="))
            yield f"{path} between 1 and 50"
        case Type.MONEY:
            yield from (f"{path} {op} 100" for op in ("<", "<=", "=", ">=", ">"))
            yield f"{path} > 100 USD"
        case Type.CHOICE:
            names = [str(name) for name in (STAGES if "stage" in path else KINDS)]
            yield from (f"{path} = {name}" for name in names)
            yield f"{path} in ({names[0]}, {names[-1]})"
        case Type.DATETIME:
            yield f"{path} within last 30 days"
            yield f"{path} <= now"


@pytest.mark.django_db(transaction=True)
def test_three_compilers_name_the_same_customers(scored: reader.Lake) -> None:
    texts = [
        text
        for root in ("score", "totals")
        for name, field in root_named(root).fields.items()
        for text in asked(f"{root}.{name}", field)
    ]
    rows = list(Customer.objects.select_related("score", "totals"))
    table = scored.table("customers_customer")
    trees = [read(text, "customer") for text in texts]
    of_lake: list[set[UUID]] = []
    for first in range(0, len(trees), TOGETHER):
        some = trees[first : first + TOGETHER]
        columns = {f"c{n}": to_ibis(tree, "customer", table, CTX, scored) for n, tree in enumerate(some)}
        found = scored.arrow(table.select("id", **columns)).to_pylist()
        of_lake += [{row["id"] for row in found if row[name]} for name in columns]

    assert len(texts) > 240
    for n, tree in enumerate(trees):
        holds = matcher(tree, "customer", CTX)
        in_memory = {row.pk for row in rows if holds(row)}
        assert set(Customer.objects.filter(to_q(tree, "customer", CTX)).values_list("pk", flat=True)) == in_memory, (
            texts[n]
        )
        assert of_lake[n] == in_memory, texts[n]


@pytest.mark.django_db(transaction=True)
def test_an_unknown_score_is_neither_high_nor_low(scored: reader.Lake) -> None:
    unknown = Customer.objects.filter(score__trust__isnull=True) | Customer.objects.filter(score__isnull=True)
    keys = set(unknown.values_list("pk", flat=True))
    for text in ("score.trust >= 0", "score.trust < 50"):
        found = Customer.objects.filter(to_q(read(text, "customer"), "customer", CTX))
        assert keys.isdisjoint(found.values_list("pk", flat=True))
