"""How each kind of field can be compared, in the words of the filter: which inputs it takes, and the leaf they make.

`read` turns a leaf back into operator and inputs; what it does not know is edited as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.kernel.conditions import Is, Node, Not, Op, Type
from rapport.kernel.conditions.registry import Spot
from rapport.kernel.conditions.values import Day, Last, Length, Next, Today
from rapport.staff.listing import inputs
from rapport.ui.navigation import Text

Data = Mapping[str, Any]
Fields = dict[str, forms.Field]


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to compare: `inputs` for a field, and the value that they come to (None for none)."""

    key: str
    label: Text
    op: Op
    inputs: Callable[[Spot], Fields]
    value: Callable[[Spot, Data], Any]
    initial: Callable[[Any], Data | None]
    negated: bool = False

    def leaf(self, path: str, spot: Spot, data: Data) -> Node:
        """Return the comparison of `path` with what was put in."""
        leaf = Is(field=path, op=self.op, value=self.value(spot, data))
        return Not(of=leaf) if self.negated else leaf


def operators_for(spot: Spot) -> tuple[Operator, ...]:
    """Return the ways to compare the field at `spot`, the usual one first."""
    found = BY_TYPE[spot.field.type]
    if spot.field.type is Type.CHOICE and len(spot.field.options()) > inputs.FEW:
        return (found[1], found[0], *found[2:])
    if spot.counts:
        return tuple(one for one in found if one.op is not Op.EMPTY)
    return found


def read(node: Node, spot_of: Callable[[str], Spot]) -> tuple[str, str, Data] | None:
    """Return path, operator and inputs of a plain comparison; None for anything else."""
    negated = isinstance(node, Not)
    leaf = node.of if isinstance(node, Not) else node
    if not isinstance(leaf, Is):
        return None
    for operator in operators_for(spot_of(leaf.field)):
        if operator.op is leaf.op and operator.negated is negated:
            data = operator.initial(leaf.value)
            if data is not None:
                return leaf.field, operator.key, data
    return None


def _nothing(spot: Spot) -> Fields:
    return {}


def _no_value(spot: Spot, data: Data) -> None:
    return None


def _one(value: Any) -> Data:
    return {"value": value}


def _plain(spot: Spot, data: Data) -> Any:
    return data["value"]


def _pair(spot: Spot, data: Data) -> Any:
    return (data["low"], data["high"])


def _of_pair(value: Any) -> Data | None:
    return {"low": value[0], "high": value[1]} if isinstance(value, tuple) else None


def _words(spot: Spot, data: Data) -> Any:
    return tuple(word.strip() for word in data["value"].split(",") if word.strip())


def _of_words(value: Any) -> Data | None:
    return {"value": ", ".join(str(one) for one in value)} if isinstance(value, tuple) else None


def _day(spot: Spot, data: Data) -> Any:
    return Day(on=data["value"])


def _of_day(value: Any) -> Data | None:
    return {"value": value.on} if isinstance(value, Day) else None


def _ago(spot: Spot, data: Data) -> Any:
    return Today(shift=-data["n"], unit=data["unit"])


def _of_ago(value: Any) -> Data | None:
    return {"n": -value.shift, "unit": value.unit} if isinstance(value, Today) and value.shift < 0 else None


def _days(spot: Spot, data: Data) -> Any:
    return (Day(on=data["low"]), Day(on=data["high"]))


def _of_days(value: Any) -> Data | None:
    if isinstance(value, tuple) and all(isinstance(one, Day) for one in value):
        return {"low": value[0].on, "high": value[1].on}
    return None


def _last(spot: Spot, data: Data) -> Any:
    return Last(n=data["n"], unit=data["unit"])


def _of_last(value: Any) -> Data | None:
    return {"n": value.n, "unit": value.unit} if isinstance(value, Last) else None


def _next(spot: Spot, data: Data) -> Any:
    return Next(n=data["n"], unit=data["unit"])


def _of_next(value: Any) -> Data | None:
    return {"n": value.n, "unit": value.unit} if isinstance(value, Next) else None


def _chosen(spot: Spot, data: Data) -> Any:
    return tuple(inputs.choice_value(one) for one in data["value"])


def _of_chosen(value: Any) -> Data | None:
    return {"value": [inputs.choice_key(one) for one in value]} if isinstance(value, tuple) else None


def _picked(spot: Spot, data: Data) -> Any:
    return inputs.choice_value(data["value"])


def _of_picked(value: Any) -> Data | None:
    return {"value": inputs.choice_key(value)}


def _tags(spot: Spot, data: Data) -> Any:
    return _chosen(spot, data) if spot.field.options() else _words(spot, data)


def _length(spot: Spot, data: Data) -> Any:
    return Length(n=data["n"], unit=data["unit"])


def _of_length(value: Any) -> Data | None:
    return {"n": value.n, "unit": value.unit} if isinstance(value, Length) else None


EMPTY = Operator("empty", _("is empty"), Op.EMPTY, _nothing, _no_value, lambda value: {})
FILLED = Operator("filled", _("is not empty"), Op.EMPTY, _nothing, _no_value, lambda value: {}, negated=True)
NUMBERS = (
    Operator("ge", _("is at least"), Op.GE, inputs.number, _plain, _one),
    Operator("le", _("is at most"), Op.LE, inputs.number, _plain, _one),
    Operator("eq", _("is"), Op.EQ, inputs.number, _plain, _one),
    Operator("gt", _("is more than"), Op.GT, inputs.number, _plain, _one),
    Operator("lt", _("is less than"), Op.LT, inputs.number, _plain, _one),
    Operator("between", _("is between"), Op.BETWEEN, inputs.numbers, _pair, _of_pair),
    EMPTY, FILLED,
)  # fmt: skip
DATES = (
    Operator("last", _("is in the last"), Op.WITHIN, inputs.stretch, _last, _of_last),
    Operator("this", _("is in"), Op.WITHIN, inputs.calendar, inputs.calendar_value, inputs.calendar_key),
    Operator("older", _("is more than … ago"), Op.LT, inputs.days_ago, _ago, _of_ago),
    Operator("before", _("is before"), Op.LT, inputs.day, _day, _of_day),
    Operator("after", _("is after"), Op.GT, inputs.day, _day, _of_day),
    Operator("on", _("is on"), Op.EQ, inputs.day, _day, _of_day),
    Operator("between", _("is between"), Op.BETWEEN, inputs.days, _days, _of_days),
    Operator("next", _("is in the next"), Op.WITHIN, inputs.stretch, _next, _of_next),
    Operator("anniversary", _("has its anniversary in the next"), Op.ANNIVERSARY, inputs.stretch, _next, _of_next),
    EMPTY, FILLED,
)  # fmt: skip
BY_TYPE: dict[Type, tuple[Operator, ...]] = {
    Type.TEXT: (
        Operator("contains", _("contains"), Op.CONTAINS, inputs.text, _plain, _one),
        Operator("eq", _("is"), Op.EQ, inputs.text, _plain, _one),
        Operator("starts", _("starts with"), Op.STARTS, inputs.text, _plain, _one),
        Operator("ends", _("ends with"), Op.ENDS, inputs.text, _plain, _one),
        Operator("in", _("is one of"), Op.IN, inputs.words, _words, _of_words),
        Operator("not_eq", _("is not"), Op.EQ, inputs.text, _plain, _one, negated=True),
        Operator("not_contains", _("does not contain"), Op.CONTAINS, inputs.text, _plain, _one, negated=True),
        EMPTY, FILLED,
    ),
    Type.NUMBER: NUMBERS,
    Type.MONEY: NUMBERS,
    Type.BOOLEAN: (Operator("eq", _("is"), Op.EQ, inputs.yes_or_no, inputs.truth, inputs.truth_key), EMPTY, FILLED),
    Type.DATE: DATES,
    Type.DATETIME: DATES,
    Type.CHOICE: (
        Operator("in", _("is one of"), Op.IN, inputs.choices, _chosen, _of_chosen),
        Operator("eq", _("is"), Op.EQ, inputs.choice, _picked, _of_picked),
        Operator("not_in", _("is none of"), Op.IN, inputs.choices, _chosen, _of_chosen, negated=True),
        Operator("not_eq", _("is not"), Op.EQ, inputs.choice, _picked, _of_picked, negated=True),
        EMPTY, FILLED,
    ),
    Type.CHOICES: (
        Operator("any", _("has any of"), Op.HAS_ANY, inputs.tags, _tags, _of_words),
        Operator("all", _("has all of"), Op.HAS_ALL, inputs.tags, _tags, _of_words),
        Operator("none", _("has none of"), Op.HAS_ANY, inputs.tags, _tags, _of_words, negated=True),
        EMPTY, FILLED,
    ),
    Type.DURATION: (
        Operator("ge", _("is at least"), Op.GE, inputs.length, _length, _of_length),
        Operator("le", _("is at most"), Op.LE, inputs.length, _length, _of_length),
        EMPTY, FILLED,
    ),
}  # fmt: skip
