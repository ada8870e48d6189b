from __future__ import annotations

from uuid import UUID

from django.db.models.functions import Length

from rapport.kernel.conditions import Field, Is, News, Not, Relation, Type, register
from rapport.testing.ground.permissions import SECRETS

COLOURS = (("red", "Red"), ("green", "Green"), ("blue", "Blue"))
STATES = (("new", "New"), ("worn", "Worn"), ("broken", "Broken"))
MARKS = (("a", "Mark A"), ("b", "Mark B"), ("c", "Mark C"))

FITTED = Not(of=Is(field="spare", value=True))

register(
    "thing",
    model="ground.Thing",
    label="Thing",
    custom="custom",
    news=News(),
    fields=[
        Field("name", "Name", Type.TEXT, group="About"),
        Field("size", "Size", Type.NUMBER, whole=True),
        Field("weight", "Weight", Type.NUMBER, right=SECRETS),
        Field("ratio", "Ratio", Type.NUMBER),
        Field("active", "Active", Type.BOOLEAN),
        Field("born", "Born", Type.DATE),
        Field("seen", "Seen", Type.DATETIME, orm="seen_at"),
        Field("colour", "Colour", Type.CHOICE, choices=COLOURS),
        Field("owner", "Owner", Type.CHOICE, orm="owner_id", key=UUID),
        Field("marks", "Marks", Type.CHOICES, choices=MARKS),
        Field("price", "Price", Type.MONEY, orm="price_minor", currency="price_currency"),
        Field("budget", "Budget", Type.MONEY, orm="budget_minor"),
        Field("wait", "Wait", Type.DURATION, orm="wait_seconds"),
        Field(
            "name_length",
            "Length of the name",
            Type.NUMBER,
            whole=True,
            orm=Length("name"),
            python=lambda thing: None if thing.name is None else len(thing.name),
            lake=lambda table: table.name.length(),
        ),
    ],
    relations=[
        Relation("maker", "Maker", "maker", here="maker_id", attr="maker", many=False),
        Relation("parts", "Parts", "part", there="thing_id", attr="parts"),
        Relation("fitted", "Fitted parts", "part", there="thing_id", attr="parts", only=FITTED),
    ],
)
register(
    "maker",
    model="ground.Maker",
    label="Maker",
    fields=[Field("name", "Name", Type.TEXT), Field("founded", "Founded", Type.DATE)],
    relations=[Relation("things", "Things", "thing", there="maker_id", attr="things")],
)
register(
    "part",
    model="ground.Part",
    label="Part",
    fields=[
        Field("name", "Name", Type.TEXT),
        Field("state", "State", Type.CHOICE, choices=STATES),
        Field("cost", "Cost", Type.MONEY, orm="cost_minor"),
        Field("made", "Made", Type.DATETIME, orm="made_at"),
        Field("marks", "Marks", Type.CHOICES, choices=MARKS),
        Field("spare", "Spare", Type.BOOLEAN),
    ],
    relations=[
        Relation("thing", "Thing", "thing", here="thing_id", attr="thing", many=False),
        Relation("bolts", "Bolts", "bolt", there="part_id", attr="bolts"),
    ],
)
register(
    "bolt",
    model="ground.Bolt",
    label="Bolt",
    fields=[Field("length", "Length", Type.NUMBER, whole=True)],
)
