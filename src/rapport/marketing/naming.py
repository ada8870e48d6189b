"""What a segment's condition may say: it is the same for everybody, and it names the segments it stands on.

Segments that stand on each other in a circle would never be settled, and one that asks whether somebody is in any
segment at all asks about itself; both are refused, at the place in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import All, ConditionError, Did, Has, Is, Node, Op, check, load
from rapport.kernel.conditions.parsing import parse_with_places
from rapport.kernel.conditions.registry import reach, relation_at
from rapport.kernel.conditions.tree import children, walk
from rapport.kernel.conditions.values import Me, MyTeam
from rapport.marketing.models import Segment

NOUN = "customer"
ROWS = "membership"
NAMING = frozenset({Op.EQ, Op.IN, Op.HAS_ANY, Op.HAS_ALL})


class NotForEverybody(ConditionError):
    """The condition of a segment asks for "me" or "my team", who are others for each reader."""


class SegmentNotNamed(ConditionError):
    """A segment asks about segments without saying which."""


class InCircle(ConditionError):
    """A segment would stand on itself, by way of others."""


def understood(written: str, actor: Actor, *, zone: str, of: UUID | None = None) -> Node:
    """Return the checked tree of what was written as the condition of the segment `of` (None: a new one).

    Raises the `ConditionError` that says what is wrong, with its place.
    """
    tree, places = parse_with_places(written, zone)
    try:
        checked = check(tree, NOUN, actor)
    except ConditionError as error:
        raise error.placed(next((at for leaf, at in places if leaf is error.leaf), None)) from error
    at_of = {id(after): _place(before, places) for before, after in zip(walk(tree), walk(checked), strict=True)}
    try:
        for leaf in walk(checked):
            _refuse_reader(leaf)
        for part, keys in naming(checked):
            _refuse_circle(part, keys, of)
    except ConditionError as error:
        raise error.placed(at_of.get(id(error.leaf))) from error
    return checked


def named(tree: Node) -> set[UUID]:
    """Return the ids of the segments that a checked condition on customers names."""
    return {key for _leaf, keys in naming(tree) for key in keys}


def naming(tree: Node, root: str = NOUN) -> Iterator[tuple[Node, set[UUID]]]:
    """Yield each part of a checked condition that asks about segments, with the ids of those it names.

    Raises `SegmentNotNamed`, whose leaf is the part that names none.
    """
    match tree:
        case Is():
            spot = reach(root, tree.field)
            through = [hop for hop in spot.hops if hop.to == ROWS]
            if spot.owner.name == ROWS and spot.field.name == "segment" and tree.op in NAMING and len(through) <= 1:
                yield tree, _keys(tree)
            elif through:
                raise _unnamed(tree)
        case Has():
            _hop, noun = relation_at(root, tree.relation)
            if noun.name == ROWS and not _says_which(tree.where):
                raise _unnamed(tree)
            if tree.where is not None:
                yield from naming(tree.where, noun.name)
        case _:
            for part in children(tree):
                yield from naming(part, root)


def standing_on() -> dict[UUID, set[UUID]]:
    """Return for each dynamic segment the ids of those that its condition names; one that is broken names none."""
    found: dict[UUID, set[UUID]] = {}
    for key, condition in Segment.objects.filter(condition__isnull=False).values_list("pk", "condition"):
        found[key] = set()
        with suppress(ConditionError):
            found[key] = named(load(condition))
    return found


def in_order() -> list[UUID]:
    """Return the ids of the dynamic segments, each after those that it stands on."""
    graph = standing_on()
    found: dict[UUID, None] = {}

    def visit(key: UUID, above: frozenset[UUID]) -> None:
        if key in found or key in above or key not in graph:
            return
        for below in sorted(graph[key]):
            visit(below, above | {key})
        found[key] = None

    for key in sorted(graph):
        visit(key, frozenset())
    return list(found)


def _says_which(where: Node | None) -> bool:
    parts = where.of if isinstance(where, All) else (where,)
    return any(isinstance(one, Is) and one.field == "segment" and one.op in NAMING for one in parts)


def _keys(leaf: Is) -> set[UUID]:
    several = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    return {UUID(str(one)) for one in several}


def _unnamed(leaf: Node) -> SegmentNotNamed:
    error = SegmentNotNamed(_("A segment can only ask about segments that it names, or it would ask about itself."))
    error.leaf = leaf
    return error


def _refuse_reader(leaf: Node) -> None:
    """Raise `NotForEverybody` for a part that asks for whoever reads it."""
    compared = (leaf,) if isinstance(leaf, Is) else leaf.where if isinstance(leaf, Did) else ()
    for one in compared:
        several = one.value if isinstance(one.value, tuple) else (one.value,)
        if any(isinstance(value, Me | MyTeam) for value in several):
            error = NotForEverybody(
                _("A segment is the same for everybody: name somebody instead of “me” or “my team”.")
            )
            error.leaf = leaf
            raise error


def _refuse_circle(leaf: Node, keys: set[UUID], of: UUID | None) -> None:
    if of is None:
        return
    found = _way(keys, of, standing_on())
    if found is None:
        return
    names = dict(Segment.objects.filter(pk__in=found).values_list("pk", "name"))
    error = InCircle(
        _("This goes in a circle: %(way)s. A segment can't stand on itself.")
        % {"way": " → ".join(names.get(key, "…") for key in (of, *found))}
    )
    error.leaf = leaf
    raise error


def _way(start: set[UUID], goal: UUID, graph: Mapping[UUID, set[UUID]]) -> list[UUID] | None:
    """Return the segments from one of `start` to `goal`, both included; None when no way leads there."""
    ways, seen = [[key] for key in sorted(start)], set(start)
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        further = sorted(graph.get(way[-1], set()) - seen)
        seen.update(further)
        ways += [[*way, key] for key in further]
    return None


def _place(leaf: Node, places: list[tuple[Node, int]]) -> int | None:
    return next((at for one, at in places if one is leaf), None)
