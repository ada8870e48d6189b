"""What can be asked of a noun, for filter bars and the reference: fields with their operators and inputs, events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapport.kernel.actors import Actor
from rapport.kernel.conditions.happenings import happening
from rapport.kernel.conditions.operators import operators
from rapport.kernel.conditions.registry import (
    COUNT,
    Field,
    Label,
    Relation,
    Root,
    Spot,
    Type,
    by_name,
    counting,
    root_named,
)
from rapport.kernel.conditions.tree import Op
from rapport.kernel.events import EVENTS

_INPUTS = {
    Type.TEXT: "text",
    Type.NUMBER: "number",
    Type.MONEY: "amount",
    Type.BOOLEAN: "yes or no",
    Type.DATE: "day",
    Type.DATETIME: "moment",
    Type.CHOICE: "choice",
    Type.CHOICES: "choice",
    Type.DURATION: "length",
}
_INPUTS_OF = {
    Op.EMPTY: "nothing",
    Op.BETWEEN: "two",
    Op.IN: "several",
    Op.HAS_ANY: "several",
    Op.HAS_ALL: "several",
    Op.WITHIN: "period",
    Op.ANNIVERSARY: "period",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A field to choose: its path, its names, and for each operator what is put in.

    `inputs` is per operator nothing, text, number, amount, yes or no, day, moment, choice, length, period, or
    "two …" and "several …" of these.
    """

    path: str
    label: str
    group: str
    help: str
    type: Type
    inputs: dict[Op, str]
    spot: Spot


@dataclass(frozen=True, slots=True)
class EventChoice:
    """An event to choose for `did`, with the fields of its data."""

    name: str
    label: str
    fields: list[Choice]


def catalogue(root: str, actor: Actor | None = None) -> list[Choice]:
    """Return what `actor` can ask of a noun: its own fields, custom ones, and those one relation away."""
    noun = root_named(root)
    found = [_choice("", Spot((), noun, field)) for field in _allowed(noun, actor)]
    for relation in noun.every_relation().values():
        if _may(relation, actor):
            found.extend(_related(relation, actor))
    return found


def events(root: str) -> list[EventChoice]:
    """Return the events that `did` can ask for, none for a noun without events."""
    noun = root_named(root)
    if noun.news is None:
        return []
    known = [happening(name) for name in sorted(EVENTS)]
    return [
        EventChoice(one.name, str(one.label), [_choice("", Spot((), noun, field)) for field in one.fields.values()])
        for one in known
    ]


def _related(relation: Relation, actor: Actor | None) -> Iterator[Choice]:
    there = root_named(relation.to)
    if relation.many:
        yield _choice(relation.name, Spot((relation,), there, counting(relation), counts=True))
    for field in _allowed(there, actor):
        yield _choice(relation.name, Spot((relation,), there, field))


def _choice(before: str, spot: Spot) -> Choice:
    field = spot.field
    name = COUNT if spot.counts else "" if spot.hops and spot.hops[-1].means == field.name else field.name
    group: Label = field.group or (spot.hops[-1].group or spot.hops[-1].label if spot.hops else "")
    return Choice(
        path=".".join(filter(None, (before, name))),
        label=str(field.label),
        group=str(group or spot.owner.label),
        help=str(field.help),
        type=field.type,
        inputs={op: _input(field, op) for op in operators(spot)},
        spot=spot,
    )


def _input(field: Field, op: Op) -> str:
    special = _INPUTS_OF.get(op, "")
    if special in {"nothing", "period"}:
        return special
    return f"{special} {_INPUTS[field.type]}".strip()


def _allowed(noun: Root, actor: Actor | None) -> Iterator[Field]:
    return (field for field in by_name(noun).values() if field.offered and _may(field, actor))


def _may(entry: Field | Relation, actor: Actor | None) -> bool:
    return actor is None or entry.right is None or actor.may(entry.right)
