"""Conditions over the lake: `to_ibis` gives a boolean Ibis expression over the noun's table.

Each comparison is `fill_null(False)` before any NOT sees it: NOT over NULL would be NULL, and the row lost. Relations
and events become IN over a filtered table, which DuckDB answers with a semi-join.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import ibis
import ibis.expr.types as ir
from django.utils.translation import gettext as _

from rapport.kernel.conditions.errors import UnknownField
from rapport.kernel.conditions.happenings import happening
from rapport.kernel.conditions.lake_functions import (
    folded,
    holds_all,
    holds_any,
    instant,
    json_column,
    local_day,
)
from rapport.kernel.conditions.moments import Ctx, Days, Stretch, period_of
from rapport.kernel.conditions.plan import (
    Check,
    Compared,
    Empty,
    Holds,
    Listed,
    OneOf,
    Ranged,
    Test,
    Yearly,
    test_of,
)
from rapport.kernel.conditions.registry import Field, Relation, Root, Spot, Type, reach, relation_at, root_named
from rapport.kernel.conditions.tree import All, AnyOf, Did, Has, Is, Node, Not, Op
from rapport.kernel.models import EventRecord

NOTHING, EVERYTHING = ibis.literal(False), ibis.literal(True)


class Lake(Protocol):
    """Where tables come from, by their names in the database."""

    def table(self, name: str) -> ir.Table:
        """Return a table of the lake."""
        ...


def to_ibis(tree: Node, root: str, table: ir.Table, ctx: Ctx, lake: Lake) -> ir.BooleanValue:
    """Return whether the condition holds for each row of `table`, which has the columns of the noun's table.

    The tree must have been checked. Raises `UnknownField` for a field that the lake does not have.
    """
    return Compiler(ctx, lake).node(tree, root_named(root), table)


class Compiler:
    """One compilation: the context and the lake that all parts of a tree share."""

    def __init__(self, ctx: Ctx, lake: Lake) -> None:
        self.ctx = ctx
        self.lake = lake

    def node(self, tree: Node, root: Root, table: ir.Table) -> Any:
        """Return the truth of a tree, never null."""
        match tree:
            case All() | AnyOf():
                parts = [self.node(part, root, table) for part in tree.of]
                return (ibis.and_ if isinstance(tree, All) else ibis.or_)(*parts) if parts else EVERYTHING
            case Not():
                return ~self.node(tree.of, root, table)
            case Did():
                return self._times(self._events(tree, root), root.news, table, Op(tree.times.op), tree.times.n)
            case Has():
                hop, _noun = relation_at(root.name, tree.relation)
                rows = self._rows(hop, tree.where)
                return self._times(rows, hop, table, Op(tree.times.op), tree.times.n)
            case Is():
                spot = reach(root.name, tree.field)
                return self._compared(spot, test_of(tree, spot.field, self.ctx), table)

    def _compared(self, spot: Spot, check: Check, table: ir.Table) -> Any:
        if spot.many and isinstance(check.test, Listed) and check.test.every:
            single = [Check(Listed(every=False, values=(one,))) for one in check.test.values]
            return ibis.and_(*(self._compared(spot, one, table) for one in single)) if single else NOTHING
        if spot.hops and isinstance(check.test, Empty) and not spot.counts:
            return ~self._along(spot, spot.hops, check, table)
        return self._along(spot, spot.hops, check, table)

    def _along(self, spot: Spot, hops: Sequence[Relation], check: Check, table: ir.Table) -> Any:
        """Return the test at the end of `hops`; for emptiness at the end of some, whether there is a value."""
        if spot.counts and len(hops) == 1:
            return self._counted(hops[0], check.test, table)
        if hops:
            rows = self._rows(hops[0], None)
            inner = self._along(spot, hops[1:], check, rows)
            return _among(table, hops[0], rows.filter(inner))
        found = self._tested(spot.field, spot.owner, check, table)
        return ~found if spot.hops and isinstance(check.test, Empty) else found

    def _rows(self, hop: Relation, where: Node | None) -> ir.Table:
        noun = root_named(hop.to)
        rows = self.lake.table(noun.table)
        for tree in (hop.only, where):
            if tree is not None:
                rows = rows.filter(self.node(tree, noun, rows))
        return rows

    def _events(self, leaf: Did, root: Root) -> ir.Table:
        rows = self.lake.table(EventRecord._meta.db_table)
        rows = rows.filter(rows["type"] == leaf.event)
        if leaf.within is not None:
            start, end = period_of(leaf.within, self.ctx)
            rows = rows.filter(rows["at"] >= instant(start), rows["at"] < instant(end))
        known = happening(leaf.event)
        for condition in leaf.where:
            field = known.field(condition.field)
            check = test_of(condition, field, self.ctx)
            rows = rows.filter(self._tested(field, root, check, rows))
        return rows

    def _counted(self, hop: Relation, test: Test, table: ir.Table) -> Any:
        rows = self._rows(hop, None)
        match test:
            case Compared(op, value):
                return self._times(rows, hop, table, op, int(value))
            case Ranged(low, high):
                least = self._times(rows, hop, table, Op.GE, int(low))
                return least & self._times(rows, hop, table, Op.LE, int(high))
            case OneOf(values):
                return ibis.or_(*(self._times(rows, hop, table, Op.EQ, int(value)) for value in values))
        raise AssertionError(f"counts are not tested by {test}")

    def _times(self, rows: ir.Table, hop: Any, table: ir.Table, op: Op, n: int) -> Any:
        """Return whether there are `op` n rows. No rows are no group: what none meets is said by its contrary."""
        match op:
            case Op.LT:
                return ~self._times(rows, hop, table, Op.GE, n)
            case Op.LE:
                return ~self._times(rows, hop, table, Op.GT, n)
            case Op.GT:
                return self._times(rows, hop, table, Op.GE, n + 1)
            case Op.EQ if n == 0:
                return ~self._times(rows, hop, table, Op.GE, 1)
            case Op.EQ if n < 0:
                return NOTHING
            case Op.GE if n <= 0:
                return EVERYTHING
            case Op.GE if n == 1:
                return _among(table, hop, rows)
        groups = rows.group_by(rows[hop.there]).aggregate(n=rows.count())
        return _among(table, hop, groups.filter(groups.n >= n if op is Op.GE else groups.n == n))

    def _tested(self, field: Field, owner: Root, check: Check, table: ir.Table) -> Any:
        found = _test(field, _column(field, owner, table), check.test)
        if field.type is Type.MONEY and not isinstance(check.test, Empty):
            if not field.currency:
                return found.fill_null(False) if check.currency == self.ctx.currency else NOTHING
            if field.inside:
                code = json_column(table[str(field.path)], field.currency, Type.TEXT)
            else:
                code = table[field.currency]
            found &= code == check.currency
        return found.fill_null(False)


def _among(table: ir.Table, hop: Any, rows: ir.Table) -> Any:
    return table[hop.here].isin(rows[hop.there]).fill_null(False)  # null where none of them is it and one is null


def _column(field: Field, owner: Root, table: ir.Table) -> Any:
    if callable(field.lake):
        return field.lake(table)
    name = field.lake or (field.path if isinstance(field.path, str) and "__" not in field.path else "")
    if name not in table.columns:
        raise UnknownField(_("The lake has no %(field)s of %(noun)s.") % {"field": field.name, "noun": owner.name})
    return json_column(table[name], field.inside, field.type) if field.inside else table[name]


def _test(field: Field, value: Any, test: Test) -> Any:
    match test:
        case Empty():
            return _empty(field, value)
        case Compared(op, number):
            return _compare(_plain(value), op, _number(number))
        case Ranged(low, high):
            return (_plain(value) >= _number(low)) & (_plain(value) <= _number(high))
        case Days(start, end):
            return _window(value, start and ibis.literal(start), end and ibis.literal(end))
        case Stretch(start, end):
            return _window(value, start and instant(start), end and instant(end))
        case Yearly(spans, zone):
            return _yearly(local_day(value, zone) if field.type is Type.DATETIME else value, spans)
        case Holds(op, text):
            held = folded(value)
            return {Op.CONTAINS: held.contains, Op.STARTS: held.startswith, Op.ENDS: held.endswith}[op](text)
        case Listed(every, values) if field.type is Type.CHOICES:
            return NOTHING if not values else (holds_all if every else holds_any)(value, values)
        case OneOf(values) | Listed(_, values):
            return _one_of(field, value, values)


def _empty(field: Field, value: Any) -> Any:
    if field.type is Type.CHOICES:
        return (value.length() > 0).fill_null(False).__invert__()
    if field.type is Type.TEXT or (field.type is Type.CHOICE and field.key is str):
        return value.isnull() | (value == "")
    return value.isnull()


def _plain(value: Any) -> Any:
    """Return a column of numbers as whole ones or doubles, never decimals, whose literals Ibis would round."""
    return value.cast("float64") if value.type().is_decimal() else value


def _number(value: int | Decimal) -> int | float:
    return float(value) if isinstance(value, Decimal) else value


def _compare(value: Any, op: Op, number: Any) -> Any:
    match op:
        case Op.EQ:
            return value == number
        case Op.LT:
            return value < number
        case Op.LE:
            return value <= number
        case Op.GT:
            return value > number
        case _:
            return value >= number


def _window(value: Any, start: Any, end: Any) -> Any:
    if start is None:
        return value < end
    return value >= start if end is None else (value >= start) & (value < end)


def _yearly(value: Any, spans: tuple[tuple[int, int], ...]) -> Any:
    day = value.month() * 100 + value.day()
    return ibis.or_(*((day >= low) & (day <= high) for low, high in spans)) if spans else NOTHING


def _one_of(field: Field, value: Any, values: tuple[Any, ...]) -> Any:
    if not values:
        return NOTHING
    if field.type is Type.TEXT:
        return folded(value).isin(values)
    if field.type is Type.NUMBER:
        return _plain(value).isin([_number(one) for one in values])
    return value.isin([_key(one, value) for one in values])


def _key(value: Any, column: Any) -> Any:
    """Return a key as the lake's column holds it: ids are UUIDs, texts or 16 bytes, as the export made them."""
    if isinstance(value, UUID) and not column.type().is_uuid():
        return value.bytes if column.type().is_binary() else str(value)
    return value
