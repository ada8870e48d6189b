"""What a filter can ask of a noun, as a list to pick from: its fields, those of what belongs to it, and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import Is, Node
from rapport.kernel.conditions.registry import COUNT, Relation, Root, by_name, root_named
from rapport.kernel.conditions.tree import children
from rapport.kernel.events import EVENTS
from rapport.kernel.permissions import Right
from rapport.ui import formats

DID = "did:"


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing to ask: the path of a field, or "did:" and the name of an event."""

    key: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class PickGroup:
    """Things to ask that belong together."""

    label: str
    picks: list[Pick]


def picks(root: str, actor: Actor, suggested: Iterable[str] = ()) -> list[PickGroup]:
    """Return what `actor` can ask of the noun `root`, the `suggested` paths first, then group by group."""
    found: dict[str, list[Pick]] = {}
    for group, pick in _all(root_named(root), actor):
        found.setdefault(group, []).append(pick)
    every = {pick.key: pick for group in found.values() for pick in group}
    first = [every[path] for path in suggested if path in every]
    groups = [PickGroup(label, group) for label, group in found.items()]
    return [PickGroup(_("Often asked"), first), *groups] if first else groups


def label_of(root: str, key: str, actor: Actor) -> str:
    """Return what people read for a path or an event; the key itself when it is not known."""
    return next((pick.label for _group, pick in _all(root_named(root), actor) if pick.key == key), key)


def _all(noun: Root, actor: Actor) -> Iterator[tuple[str, Pick]]:
    general = str(noun.label)
    for name, field in by_name(noun).items():
        if field.offered and _may(field.right, actor):
            yield str(field.group) or general, Pick(name, str(field.label), str(field.help))
    for name, relation in noun.every_relation().items():
        if _may(relation.right, actor):
            group = str(relation.group) or str(relation.label)
            yield from ((group, pick) for pick in _related(name, relation, actor))
    if noun.news is not None:
        for name, kind in sorted(EVENTS.items(), key=lambda pair: str(pair[1].label)):
            if kind.timeline and (noun.news.there != "subject_id" or name.startswith(_domain(noun))):
                yield _("What happened"), Pick(f"{DID}{name}", str(kind.label), kind.summary.split("\n", 1)[0])


def _related(name: str, relation: Relation, actor: Actor) -> Iterator[Pick]:
    there = root_named(relation.to)
    if relation.many:
        yield Pick(f"{name}.{COUNT}", _("%(things)s: how many") % {"things": relation.label})
    fixed = set(_asked_in(relation.only))
    for field in by_name(there).values():
        if not field.offered or not _may(field.right, actor) or field.name in fixed:
            continue
        if field.name == relation.means:
            yield Pick(name, str(relation.label), str(field.help))
            continue
        label = str(field.label) if not relation.many else f"{relation.label}: {formats.inside(field.label)}"
        yield Pick(f"{name}.{field.name}", label, str(field.help))


def _asked_in(tree: Node | None) -> Iterator[str]:
    """Yield the fields that a relation's own condition settles already."""
    if isinstance(tree, Is):
        yield tree.field
    elif tree is not None:
        for part in children(tree):
            yield from _asked_in(part)


def _may(right: Right | None, actor: Actor) -> bool:
    return right is None or actor.may(right)


def _domain(noun: Root) -> str:
    return f"{noun.model_name.split('.')[0]}."
