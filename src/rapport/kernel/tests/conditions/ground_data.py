"""One set of things for all random trees, with everything missing somewhere, and its copy in DuckDB."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import duckdb
import ibis
import ibis.expr.types as ir
from django.db import models

from rapport.kernel.models import CustomField, EventRecord
from rapport.testing.ground.models import Bolt, Maker, Part, Thing

TEXTS = [
    None, "", "a", "A", "á", "a\u0301", "Müller", "MULLER", "mu\u0308ller", "müller & söhne", "100%", "100",
    "50_50",
    "50x50", "back\\slash", "\\", "%", "_", "'", '"quoted"', "STRASSE", "Straße", "GROẞ", "gross",
    "İstanbul", "ıstanbul",
    "istanbul", "ISTANBUL", "ΕΛΛΆΣ", "ελλάς", "Ελλασ", "Й", "и", "Đuro", "duro", "Łódź", "æther", "Ærø",
    "東京 Café", "が", "か",
    "हिन्दी", "ﾊ", "ＡＢＣ", "a\nb", " a ", "K", "Å", "ŉ", "ǅ", "ſ", "ΐ", "🙂 É", "\u0301",
]  # fmt: skip
COLOURS = [None, "", "red", "green", "blue"]
STATES = [None, "new", "worn", "broken"]
MARKS = [None, [], ["a"], ["b"], ["a", "b"], ["a", "b", "c"], ["c", "c"]]
CURRENCIES = [None, "EUR", "GBP", "JPY"]
OWNERS = [None, UUID(int=1), UUID(int=2), UUID(int=3)]
NUMBERS = [None, -5, 0, 1, 2, 3, 100, 99_999]
DECIMALS = [None, Decimal("-0.5"), Decimal(0), Decimal("0.1"), Decimal("0.125"), Decimal(2), Decimal("99999.999")]
FLOATS = [None, -0.5, 0.0, 0.1, 0.30000000000000004, 2.0, 1e6]
MINOR = [None, -100, 0, 1, 99, 100, 1000, 1050, 100_000]
SECONDS = [None, 0, 59, 60, 3600, 7200, 86_400]
DAYS = [
    None, date(2024, 2, 28), date(2024, 2, 29), date(2023, 2, 28), date(2024, 3, 1), date(2024, 3, 31),
    date(2000, 2, 29),
    date(1990, 12, 31), date(1991, 1, 1), date(2024, 10, 27), date(2017, 10, 15), date(2024, 1, 1),
    date(2023, 12, 31),
]  # fmt: skip
MOMENTS = [
    None,
    *(
        datetime.fromisoformat(text).astimezone(UTC)
        for text in (
            "2024-03-31T00:00:00+00:00", "2024-03-31T00:59:59.999999+00:00", "2024-03-31T01:00:00+00:00",
            "2024-03-30T23:00:00+00:00", "2024-03-30T22:59:59.999999+00:00", "2024-10-27T00:30:00+00:00",
            "2024-10-27T01:30:00+00:00", "2017-10-15T02:59:59.999999+00:00", "2017-10-15T03:00:00+00:00",
            "2018-02-18T01:30:00+00:00", "2018-02-18T02:30:00+00:00", "2024-02-29T12:00:00+00:00",
            "2023-12-31T23:30:00+00:00", "2024-01-01T00:00:00+00:00", "2011-12-30T09:59:59+00:00",
            "2011-12-30T10:00:00+00:00", "2024-03-24T00:00:00+00:00", "2024-03-25T05:30:00+05:30",
            "1995-06-01T00:00:00Z",
        )
    ),
]  # fmt: skip
CUSTOM_TYPES = {
    "word": "text", "level": "number", "limit": "money", "vip": "boolean", "since": "date", "met": "datetime",
    "tier": "choice", "tags": "choices",
}  # fmt: skip
CUSTOM_VALUES: dict[str, list[Any]] = {
    "word": [*TEXTS, 3, True],

    "level": [None, -5, 0, 1.5, 2, 0.1, 0.30000000000000004, 1e6, "7", "1.50", "x", " 2", "1e3", True, 10**16, [1]],
    "limit": [None, 0, 100, 1000, 100_000, "1000"],
    "vip": [None, True, False, "true", 1],

    "since": [None, "2024-02-29", "2023-02-29", "2024-03-31", "2000-02-29", "1990-12-31", "24-1-1", "2024-02-30", 5],
    "met": [
        None, "2024-03-31T00:00:00+00:00", "2024-03-31T02:30:00+02:00", "2024-03-31T00:59:59.999999Z",
        "2024-03-31",
        "2024-02-30T00:00:00Z", "2024-03-31T00:00:00", "2017-10-15T03:00:00.000001+00:00",
        "2024-03-31T24:00:00Z",
    ],
    "tier": [None, "", "gold", "silver", 5],
    "tags": [None, [], ["x"], ["x", "y"], ["y"], "x", {"x": 1}],
}  # fmt: skip
EVENT_VALUES: dict[str, list[Any]] = {
    "cloth": TEXTS, "strokes": NUMBERS, "grams": [None, "0.1", "2", "-0.5", "100.25"],
    "by_hand": [None, True, False],
    "on": [None, "2024-02-29", "2024-03-31", "2000-02-29"],
    "until": [None, "2024-03-31T00:30:00+00:00", "2017-10-15T03:00:00Z"],
    "tool_id": [None, str(UUID(int=1)), str(UUID(int=9))], "cost_minor": MINOR, "currency": ["", *CURRENCIES],
}  # fmt: skip


@dataclass
class Ground:
    """The things, loaded with all that belongs to them, their events by type, and the lake."""

    things: list[Thing]
    news: dict[tuple[UUID, str], list[EventRecord]]
    lake: MemoryLake


ibis.options.sql.fuse_selects = False  # as the lake of the product has it


@dataclass
class MemoryLake:
    """Tables in DuckDB's memory."""

    backend: Any
    tables: dict[str, ir.Table] = field(default_factory=dict)

    def table(self, name: str) -> ir.Table:
        """Return a table, the same object each time."""
        if name not in self.tables:
            self.tables[name] = self.backend.table(name)
        return self.tables[name]

    def rows(self, expression: ir.Table) -> list[tuple[Any, ...]]:
        """Return the rows of a table expression."""
        found: list[tuple[Any, ...]] = self.backend.con.sql(self.backend.compile(expression)).fetchall()
        return found


def _id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128))


def make_ground(size: int = 60) -> Ground:
    """Write the rows, read them back, copy them to the lake. The same rows every time."""
    chance = random.Random(7)
    pick = chance.choice
    declare()
    makers = [Maker(id=_id(chance), name=pick(TEXTS), founded=pick(DAYS)) for _step in range(7)]
    things = [_thing(chance, makers, index) for index in range(size)]
    parts = [_part(chance, things) for _step in range(size * 2)]
    bolts = [Bolt(id=_id(chance), part=pick(parts), length=pick(NUMBERS)) for _step in range(size)]
    events = [_event(chance, things) for _step in range(size * 4)]
    for rows in (makers, things, parts, bolts, events):
        type(rows[0])._default_manager.bulk_create(rows)  # type: ignore[arg-type]
    return _read()


def declare() -> None:
    """Write the custom fields of things."""
    for key, kind in CUSTOM_TYPES.items():
        options = {"tier": ["gold", "silver"], "tags": ["x", "y"]}.get(key, [])
        CustomField.objects.create(noun="thing", key=key, label=key.capitalize(), type=kind, options=options)


def _thing(chance: random.Random, makers: list[Maker], index: int) -> Thing:
    pick = chance.choice
    custom = {key: pick(values) for key, values in CUSTOM_VALUES.items() if chance.random() < 0.7}
    return Thing(
        id=_id(chance),
        name=TEXTS[index % len(TEXTS)],
        size=pick(NUMBERS),
        weight=pick(DECIMALS),
        ratio=pick(FLOATS),
        active=pick([None, True, False]),
        born=pick(DAYS),
        seen_at=pick(MOMENTS),
        colour=pick(COLOURS),
        owner_id=pick(OWNERS),
        marks=pick(MARKS),
        price_minor=pick(MINOR),
        price_currency=pick(CURRENCIES),
        budget_minor=pick(MINOR),
        wait_seconds=pick(SECONDS),
        maker=pick([None, *makers]),
        custom=custom,
    )


def _part(chance: random.Random, things: list[Thing]) -> Part:
    pick = chance.choice
    return Part(
        id=_id(chance),
        thing=pick([None, *things[: len(things) * 2 // 3]]),
        name=pick(TEXTS),
        state=pick(STATES),
        cost_minor=pick(MINOR),
        made_at=pick(MOMENTS),
        marks=pick(MARKS),
        spare=pick([True, False]),
    )


def _event(chance: random.Random, things: list[Thing]) -> EventRecord:
    pick = chance.choice
    name = pick(["ground.polished", "ground.polished", "ground.dropped"])
    data: dict[str, Any] = {"height": pick([0.5, 1.5, 2])}
    if name == "ground.polished":
        data = {key: pick(values) for key, values in EVENT_VALUES.items() if chance.random() < 0.8}
    at = pick([moment for moment in MOMENTS if moment]) + timedelta(days=pick([0, 0, 0, 1, -30]))
    return EventRecord(
        id=_id(chance),
        type=name,
        at=at,
        recorded_at=at,
        actor_kind="system",
        actor_name="Rapport",
        via="system",
        customer_id=pick([None, *(thing.pk for thing in things[: len(things) // 2])]),
        data=data,
    )


def _read() -> Ground:
    related = ("parts__bolts", "parts__thing", "maker__things")
    things = list(Thing._default_manager.select_related("maker").prefetch_related(*related).order_by("id"))
    news: dict[tuple[UUID, str], list[EventRecord]] = {}
    for event in EventRecord.objects.exclude(customer_id=None):
        assert event.customer_id
        news.setdefault((event.customer_id, event.type), []).append(event)
    return Ground(things, news, _lake())


def _lake() -> MemoryLake:
    engine = duckdb.connect()
    for model in (Maker, Thing, Part, Bolt, EventRecord):
        columns = model._meta.concrete_fields
        made = ", ".join(f'"{column.column}" {_type(column)}' for column in columns)
        table = model._meta.db_table
        engine.execute(f'create table "{table}" ({made})')
        rows = [[_plain(getattr(row, column.attname)) for column in columns] for row in model._default_manager.all()]
        engine.executemany(f'insert into "{table}" values ({", ".join("?" for _column in columns)})', rows)
    return MemoryLake(ibis.duckdb.from_connection(engine))


def _type(column: models.Field[Any, Any]) -> str:
    """Return the type of a column in the lake, as the export makes it."""
    internal = column.get_internal_type()
    if internal == "ForeignKey":
        return "UUID"
    known = {
        "UUIDField": "UUID", "DecimalField": "DOUBLE", "FloatField": "DOUBLE", "BooleanField": "BOOLEAN",
        "DateField": "DATE", "DateTimeField": "TIMESTAMPTZ", "IntegerField": "INTEGER",
        "BigIntegerField": "BIGINT",
        "ArrayField": "VARCHAR[]",
    }  # fmt: skip
    return known.get(internal, "VARCHAR")


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
