"""Conditions on custom objects name the same rows in the database, in memory and in the lake."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rapport.customers.models import Customer
from rapport.customers.services import custom_fields
from rapport.insight.lake import reader
from rapport.insight.lake.refresh import refresh
from rapport.insight.segments import members
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import Ctx, matcher, read, to_q
from rapport.kernel.conditions.lake import to_ibis
from rapport.objects.models import ObjectType, Record
from rapport.objects.services import links, records
from rapport.objects.tests.garage import Garage, garage
from rapport.testing.builders import customer
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 5, 15, 12, tzinfo=UTC)
CTX = Ctx(now=NOW, zone="Europe/London", currency="GBP", actor=SYSTEM)
CUSTOM: dict[str, tuple[Any, ...]] = {
    "make": ("Audi", "Fiat", "Saab"), "mileage": (0, 7, 7.5, 120_000), "features": (["Hook"], ["Hook", "Roof rack"]),
    "note": ("Red", "reddish", "100%"), "sold": (True, False), "seen_at": ("2026-05-14T23:30:00+00:00",),
    "price": (0, 9_900, 50_000), "done_on": ("2026-05-01", "2026-05-15"),
}  # fmt: skip
CAR = (
    "custom.make = Saab", "custom.make != Saab", "custom.make in (Audi, Fiat)", "custom.make is empty",
    "custom.mileage > 7", "custom.mileage between 7 and 8", "custom.mileage is empty", "custom.features has any (Hook)",
    'custom.features has all (Hook, "Roof rack")', "custom.features is empty", 'custom.note contains "red"',
    'custom.note starts with "100%"', "custom.sold = true", "custom.sold = false", "custom.sold is empty",
    "custom.seen_at within last 2 days", "name is empty", "name = LX", "number >= 9", "reference is empty",
    "owner is empty", "created within last 10 days",
)  # fmt: skip
WORK = (
    "custom.price > 98 GBP", "custom.price = 0 GBP", "custom.price is empty", "custom.done_on within this month",
    "custom.done_on before 2026-05-15", "custom.done_on is empty", "name is empty",
)  # fmt: skip


@pytest.fixture
def lake(cast: Cast, tmp_path: Path) -> Iterator[reader.Lake]:
    """Twelve customers, vehicles and repairs of which everything is missing somewhere, and a lake of them."""
    with clock.frozen(NOW):
        made = declared()
        chance = random.Random(7)
        people = [None, *(customer(f"Customer {number}") for number in range(12))]
        cars = [row(made.vehicle, number, chance, customer=chance.choice(people)) for number in range(28)]
        Record.objects.bulk_create(cars)
        for car in cars:
            car.link_1 = chance.choice([None, *cars])
        Record.objects.bulk_update(cars, ["link_1"])
        work = [row(made.repair, number, chance, link_1=chance.choice([None, *cars])) for number in range(28)]
        Record.objects.bulk_create(work)
        refresh(tmp_path)
        yield reader.open(tmp_path)
    reader.close()


def declared() -> Garage:
    made = garage()
    for label, kind in (("Note", "text"), ("Sold", "boolean"), ("Seen at", "datetime")):
        custom_fields.add(made.vehicle.noun, label, kind, by=SYSTEM)
    links.add(made.vehicle, "Sister", made.vehicle, by=SYSTEM)
    return made


def row(kind: ObjectType, number: int, chance: random.Random, **values: Any) -> Record:
    own = ("price", "done_on") if kind.key == "repair" else ("make", "mileage", "features", "note", "sold", "seen_at")
    at = NOW - timedelta(days=chance.choice((0, 5, 40)))
    return Record(
        type=kind, number=number, name=chance.choice(("", "LX", "lx 2")), reference=chance.choice(("", f"D-{number}")),
        custom={key: chance.choice(CUSTOM[key]) for key in own if chance.random() < 0.7}, created_at=at, updated_at=at,
        deleted_at=chance.choice((None, None, None, NOW)), **values,
    )  # fmt: skip


def asked(root: str) -> Iterator[str]:
    """Yield conditions of a noun: each of its fields, over each way that leads to more, counted and put together."""
    ways: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]]]] = {
        "custom_vehicle": (CAR, {"sister": CAR, "custom_vehicle_sister": CAR, "custom_repair_vehicle": WORK}),
        "custom_repair": (WORK, {"vehicle": CAR, "vehicle.sister": CAR}),
        "customer": ((), {"custom_vehicle": CAR, "custom_vehicle.custom_repair_vehicle": WORK}),
    }
    own, over = ways[root]
    yield from own
    for way, fields in over.items():
        yield from (f"{way}.{text}" for text in fields)
        if "." not in way and way not in ("sister", "vehicle"):
            yield from (f"{way}.count {op} {n}" for op in ("=", "!=", "<", ">=") for n in (0, 1, 2))
            yield from (f"{way} has {op} ({text})" for text in fields[:3] for op in ("", ">= 2", "= 0"))
    if own:
        yield from (f'customer.name = "{name}"' for name in ("Customer 1", "Nobody") if root == "custom_vehicle")


def together(root: str) -> list[str]:
    """Return all that is asked, and some of it negated and joined at random."""
    every = list(asked(root))
    chance, single = random.Random(3), tuple(every)
    for _number in range(24):
        first, second, third = (chance.choice(single) for _one in range(3))
        every.append(f"not ({first}) {chance.choice(('and', 'or'))} ({second} {chance.choice(('and', 'or'))} {third})")
    return every


def test_three_compilers_name_the_same_rows(lake: reader.Lake) -> None:
    with clock.frozen(NOW):
        for root, model in (("customer", Customer), ("custom_vehicle", Record), ("custom_repair", Record)):
            agree(lake, root, model)


def agree(lake: reader.Lake, root: str, model: Any) -> None:
    of_type = {} if model is Customer else {"type__key": root.removeprefix("custom_")}
    rows = list(model.objects.filter(**of_type))
    table = lake.table(model._meta.db_table)
    texts = together(root)
    trees = [read(text, root) for text in texts]
    of_lake: list[set[Any]] = []
    for first in range(0, len(trees), 40):
        columns = {f"c{n}": to_ibis(tree, root, table, CTX, lake) for n, tree in enumerate(trees[first : first + 40])}
        found = lake.arrow(table.select("id", **columns)).to_pylist()
        of_lake += [{one["id"] for one in found if one[name]} for name in columns]
    ours = {one.pk for one in rows}
    some = 0
    for text, tree, there in zip(texts, trees, of_lake, strict=True):
        holds = matcher(tree, root, CTX)
        in_memory = {one.pk for one in rows if holds(one)}
        in_database = set(model.objects.filter(to_q(tree, root, CTX), **of_type).values_list("pk", flat=True))
        assert in_database == in_memory, text
        assert there & ours == in_memory, text
        some += 0 < len(in_memory) < len(rows)
    assert some > len(texts) * 0.8, "most conditions tell rows apart"


def test_a_condition_on_objects_is_a_segment_of_the_figures(cast: Cast, tmp_path: Path) -> None:
    with clock.frozen(NOW):
        made = garage()
        ana, bo = customer("Ana"), customer("Bo")
        customer("Cy")
        saab = records.add(made.vehicle, by=SYSTEM, customer=ana, custom={"make": "Saab"})
        records.trash(records.add(made.vehicle, by=SYSTEM, customer=bo, custom={"make": "Saab"}), by=SYSTEM)
        records.add(made.repair, by=SYSTEM, links={"vehicle": saab}, custom={"price": 50_000})
        refresh(tmp_path)
        opened = reader.open(tmp_path)
        for text, names in (
            ("custom_vehicle.custom.make = Saab", {"Ana"}),
            ("custom_vehicle.count = 0", {"Bo", "Cy"}),
            ("custom_vehicle.custom_repair_vehicle.custom.price > 100 GBP", {"Ana"}),
            ("custom_vehicle.custom.mileage is empty", {"Ana", "Bo", "Cy"}),
        ):
            found = opened.arrow(members(opened, text, NOW.date(), currency="GBP"))["id"].to_pylist()
            assert {str(one) for one in Customer.objects.filter(pk__in=found)} == names, text
        records.change(saab, by=SYSTEM, customer=bo, custom={"make": "Fiat"})
        refresh(tmp_path)
        reader.close()
        again = reader.open(tmp_path)
        moved = members(again, "custom_vehicle.custom.make = Fiat", NOW.date(), currency="GBP")
        assert again.arrow(moved)["id"].to_pylist() == [bo.pk]
    reader.close()
