"""A tree in its text form. `parse` reads it back, but for groups of one, which `simplify` takes away."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from rapport.kernel.conditions import values
from rapport.kernel.conditions.tree import ONCE, All, AnyOf, Did, Has, Is, Node, Not, Op, Times, simplify

SIGNS = {Op.EQ: "=", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
_WORDS = {
    Op.IN: "in",
    Op.CONTAINS: "contains",
    Op.STARTS: "starts with",
    Op.ENDS: "ends with",
    Op.WITHIN: "within",
    Op.HAS_ANY: "has any",
    Op.HAS_ALL: "has all",
    Op.ANNIVERSARY: "anniversary within",
}
_PREFIXED = frozenset({Op.IN, Op.CONTAINS, Op.STARTS, Op.ENDS, Op.WITHIN, Op.BETWEEN})


def text(tree: Node) -> str:
    """Return the text form of `tree`; the condition that holds for everything is the empty text."""
    tree = simplify(tree)
    return "" if tree == All() else _node(tree)


def _node(tree: Node) -> str:
    match tree:
        case All() if not tree.of:
            return "everything"
        case All() | AnyOf():
            return (" and " if isinstance(tree, All) else " or ").join(_inside(part) for part in tree.of)
        case Not():
            return _negated(tree.of)
        case Is():
            return _leaf(tree)
        case Did():
            return _did(tree)
        case Has():
            where = f" ({_node(tree.where)})" if tree.where is not None else ""
            times = _times(tree.times) if tree.times != ONCE or tree.where is None else ""
            return f"{tree.relation} has{times}{where}"


def _inside(tree: Node) -> str:
    grouped = isinstance(tree, All | AnyOf) and bool(tree.of)
    return f"({_node(tree)})" if grouped else _node(tree)


def _negated(tree: Node) -> str:
    if isinstance(tree, Is):
        if tree.op is Op.EQ:
            return f"{tree.field} != {write(tree.value)}"
        if tree.op is Op.EMPTY:
            return f"{tree.field} is not empty"
        if tree.op in _PREFIXED:
            return _leaf(tree, "not ")
    return f"not {_inside(tree)}"


def _leaf(leaf: Is, negation: str = "") -> str:
    if leaf.op is Op.EMPTY:
        return f"{leaf.field} is empty"
    if leaf.op is Op.BETWEEN and isinstance(leaf.value, tuple):
        low, high = leaf.value
        return f"{leaf.field} {negation}between {write(low)} and {write(high)}"
    sign = SIGNS.get(leaf.op) or _WORDS[leaf.op]
    return f"{leaf.field} {negation}{sign} {write(leaf.value)}"


def _did(leaf: Did) -> str:
    times = f"{_times(leaf.times)} {'time' if leaf.times.n == 1 else 'times'}" if leaf.times != ONCE else ""
    within = f" within {write(leaf.within)}" if leaf.within is not None else ""
    where = f" where ({' and '.join(_leaf(one) for one in leaf.where)})" if leaf.where else ""
    return f"did {leaf.event}{times}{within}{where}"


def _times(times: Times) -> str:
    return f" {SIGNS[Op(times.op)]} {times.n}"


_CALENDAR = {"previous": "last", "this": "this", "following": "next"}


def write(value: Any) -> str:
    """Return a value as the text form writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case tuple():
            return f"({', '.join(write(one) for one in value)})"
        case values.Me():
            return "me"
        case values.MyTeam():
            return "my team"
        case values.Amount():
            return f"{write(value.amount)} {value.currency}"
        case values.Length():
            return _counted(value.n, value.unit)
    return _time(value)


def _time(value: Any) -> str:
    match value:
        case values.Day():
            return value.on.isoformat()
        case values.Instant():
            return value.at.isoformat().replace("+00:00", "Z")
        case values.Today() | values.Now() if value.shift == 0:
            return value.kind
        case values.Today() | values.Now():
            sign = "+" if value.shift > 0 else "-"
            return f"{value.kind} {sign} {_counted(abs(value.shift), value.unit)}"
        case values.Calendar():
            return f"{_CALENDAR[value.which]} {value.unit}"
        case values.Span():
            return f"{write(value.start)} to {write(value.end)}"
        case values.Last() | values.Next():
            return f"{value.kind} {_counted(value.n, value.unit)}"
    raise AssertionError(f"{value!r} is no value of a condition")


def _counted(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"
