"""Conditions as PostgreSQL asks them: `to_q` gives a Q for the noun's queryset.

SQL's third truth value never leaves a leaf. Negations are pushed down to the leaves; a leaf under one becomes
`(…) IS NOT TRUE`, and one under none stays bare, so that indexes serve it: there unknown counts as false anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, or_

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from rapport.kernel.conditions.columns import ALWAYS, NEVER, tested
from rapport.kernel.conditions.happenings import happening
from rapport.kernel.conditions.moments import Ctx, period_of
from rapport.kernel.conditions.plan import Check, Compared, Empty, Listed, OneOf, Ranged, test_of
from rapport.kernel.conditions.registry import Relation, Root, Spot, reach, relation_at, root_named
from rapport.kernel.conditions.tree import All, AnyOf, Did, Has, Is, Node, Not, Op
from rapport.kernel.models import EventRecord

Inner = Callable[[str], Q]


class Untrue(Func):
    """False and unknown, as one definite truth."""

    template = "(%(expressions)s) IS NOT TRUE"
    output_field = BooleanField()


def to_q(tree: Node, root: str, ctx: Ctx) -> Q:
    """Return the filter for a queryset of the noun `root`. The tree must have been checked."""
    return _node(tree, root_named(root), ctx, negated=False)


def _node(tree: Node, root: Root, ctx: Ctx, *, negated: bool) -> Q:
    if isinstance(tree, Not):
        return _node(tree.of, root, ctx, negated=not negated)
    if isinstance(tree, All | AnyOf):
        parts = [_node(part, root, ctx, negated=negated) for part in tree.of]
        if not parts:
            return NEVER if negated else Q()
        return reduce(and_ if isinstance(tree, All) is not negated else or_, parts)
    found = _leaf(tree, root, ctx)
    if not negated:
        return found
    return ~found if _definite(found) else Q(Untrue(found))


def _definite(found: Q) -> bool:
    """Return whether the filter is made of EXISTS alone, which is never unknown: plain NOT lets it be an anti-join."""
    return all(_definite(part) if isinstance(part, Q) else isinstance(part, Exists) for part in found.children)


def _leaf(leaf: Is | Did | Has, root: Root, ctx: Ctx) -> Q:
    match leaf:
        case Did():
            return _times(_events(leaf, root, ctx), Op(leaf.times.op), leaf.times.n)
        case Has():
            hop, _noun = relation_at(root.name, leaf.relation)
            return _times(_rows(hop, "", leaf.where, ctx), Op(leaf.times.op), leaf.times.n)
        case Is():
            spot = reach(root.name, leaf.field)
            return _compared(spot, test_of(leaf, spot.field, ctx), ctx)


def _compared(spot: Spot, check: Check, ctx: Ctx) -> Q:
    if spot.counts:
        *before, last = spot.hops
        return _along(before, "", lambda prefix: _counted(last, prefix, check, ctx), ctx)
    if spot.many and isinstance(check.test, Listed) and check.test.every:
        single = [Check(Listed(every=False, values=(one,))) for one in check.test.values]
        return reduce(and_, (_compared(spot, one, ctx) for one in single)) if single else NEVER

    def inner(prefix: str) -> Q:
        return tested(spot.field, prefix, check, ctx)

    joins = isinstance(spot.field.path, str)
    return _along(spot.hops, "", inner, ctx, joins=joins, empty=isinstance(check.test, Empty))


def _along(
    hops: Sequence[Relation], prefix: str, inner: Inner, ctx: Ctx, *, joins: bool = True, empty: bool = False
) -> Q:
    """Return `inner` at the end of `hops`: over joins as long as they are to-one, by EXISTS from there on.

    What `joins` says no to is joining the last one. A value is `empty` when no row at the end has one that is not.
    """
    if not hops:
        return inner(prefix)
    hop, rest = hops[0], hops[1:]
    if _joinable(hop) and (rest or joins):
        return _along(rest, f"{prefix}{hop.attr}__", inner, ctx, joins=joins, empty=empty)
    rows = _rows(hop, prefix, None, ctx)
    if not empty:
        return Q(Exists(rows.filter(_along(rest, "", inner, ctx, joins=joins))))

    def filled(deeper: str) -> Q:
        return Q(Untrue(inner(deeper)))

    return ~Q(Exists(rows.filter(_along(rest, "", filled, ctx, joins=joins))))


def _joinable(hop: Relation) -> bool:
    return not hop.many and bool(hop.attr) and hop.only is None


def _rows(hop: Relation, prefix: str, where: Node | None, ctx: Ctx) -> QuerySet:  # type: ignore[type-arg]
    """Return the rows that a relation leads to from the row outside, those that meet `where`."""
    noun = root_named(hop.to)
    rows = noun.model._base_manager.filter(**{hop.there: OuterRef(f"{prefix}{hop.here}")}).order_by()
    for tree in (hop.only, where):
        if tree is not None:
            rows = rows.filter(_node(tree, noun, ctx, negated=False))
    return rows


def _events(leaf: Did, root: Root, ctx: Ctx) -> QuerySet[EventRecord]:
    assert root.news is not None, "checked trees ask for events only where there are some"
    rows = EventRecord.objects.filter(type=leaf.event, **{root.news.there: OuterRef(root.news.here)})
    if leaf.within is not None:
        start, end = period_of(leaf.within, ctx)
        rows = rows.filter(GreaterThanOrEqual(F("at"), Value(start)), LessThan(F("at"), Value(end)))
    known = happening(leaf.event)
    for condition in leaf.where:
        field = known.field(condition.field)
        rows = rows.filter(tested(field, "", test_of(condition, field, ctx), ctx))
    return rows.order_by()


def _times(rows: QuerySet, op: Op, n: int) -> Q:  # type: ignore[type-arg]
    """Return whether there are `op` n rows, looking at no more of them than it takes to know."""
    match op:
        case Op.GE:
            return ALWAYS if n <= 0 else Q(Exists(rows[n - 1 : n] if n > 1 else rows))
        case Op.GT:
            return _times(rows, Op.GE, n + 1)
        case Op.LT:
            return NEVER if n <= 0 else ~_times(rows, Op.GE, n)
        case Op.LE:
            return NEVER if n < 0 else ~_times(rows, Op.GE, n + 1)
        case _:
            return NEVER if n < 0 else _times(rows, Op.GE, n) & ~_times(rows, Op.GE, n + 1)


def _counted(hop: Relation, prefix: str, check: Check, ctx: Ctx) -> Q:
    rows = _rows(hop, prefix, None, ctx)
    match check.test:
        case Compared(op, value):
            found = _times(rows, op, int(value))
        case Ranged(low, high):
            found = _times(rows, Op.GE, int(low)) & _times(rows, Op.LE, int(high))
        case OneOf(values):
            found = reduce(or_, (_times(rows, Op.EQ, value) for value in values))
        case _:
            raise AssertionError(f"counts are not tested by {check.test}")
    if prefix:
        found &= Q(**{f"{prefix}{hop.here}__isnull": False})
    return found
