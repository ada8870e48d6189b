"""The tree of a condition: groups, negation, fields, what was done, and related rows. Frozen and JSON both ways."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from django.utils.translation import gettext as _
from pydantic import Field, Strict, TypeAdapter, ValidationError

from rapport.kernel.conditions.errors import NotUnderstood, TooLarge
from rapport.kernel.conditions.values import Frozen, Period, Value

MAX_DEPTH = 6
MAX_LEAVES = 40
MAX_NESTING = 40

Path = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,5}$", max_length=120)]


class Op(StrEnum):
    """How a field is compared; `Not` around it says the contrary."""

    EQ = "eq"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BETWEEN = "between"
    IN = "in"
    CONTAINS = "contains"
    STARTS = "starts"
    ENDS = "ends"
    WITHIN = "within"
    ANNIVERSARY = "anniversary"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    EMPTY = "empty"


class Is(Frozen):
    """A field of the noun or of a related one (`orders.status`) compared with a value."""

    kind: Literal["is"] = "is"
    field: Path
    op: Op = Op.EQ
    value: Value | None = None


class Times(Frozen):
    """How many: at least once unless said otherwise."""

    op: Literal["eq", "lt", "le", "gt", "ge"] = "ge"
    n: Annotated[int, Strict(), Field(ge=0, le=1_000_000)] = 1


ONCE = Times()


class Did(Frozen):
    """An event happened so many times within a period, each with data that meets every leaf of `where`."""

    kind: Literal["did"] = "did"
    event: Path
    times: Times = ONCE
    within: Period | None = None
    where: tuple[Is, ...] = ()


class Has(Frozen):
    """So many rows of a to-many relation meet `where`, all of it on the same row."""

    kind: Literal["has"] = "has"
    relation: Path
    times: Times = ONCE
    where: Node | None = None


class All(Frozen):
    """Every part holds. Without parts it holds for everything."""

    kind: Literal["all"] = "all"
    of: tuple[Node, ...] = ()


class AnyOf(Frozen):
    """At least one part holds."""

    kind: Literal["any"] = "any"
    of: Annotated[tuple[Node, ...], Field(min_length=1)]


class Not(Frozen):
    """The part does not hold, be it for a missing value."""

    kind: Literal["not"] = "not"
    of: Node


Leaf: TypeAlias = Is | Did | Has
Node: TypeAlias = Annotated[All | AnyOf | Not | Is | Did | Has, Field(discriminator="kind")]
EVERYTHING = All()

for _model in (Has, All, AnyOf, Not):
    _model.model_rebuild()
_ADAPTER: TypeAdapter[All | AnyOf | Not | Is | Did | Has] = TypeAdapter(Node)


def load(data: Any) -> Node:
    """Return the tree of `data` as JSON holds it (dicts, lists, plain values).

    Raises `NotUnderstood` when it is none, `TooLarge` when it nests beyond any use.
    """
    _refuse_nesting(data)
    try:
        tree = _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise NotUnderstood(
            _("This is not a condition (%(place)s: %(problem)s).") % {"place": place, "problem": first["msg"]}
        ) from error
    limit(tree)
    return tree


def dump(tree: Node) -> dict[str, Any]:
    """Return the tree as plain JSON values; `load` reads them back."""
    return tree.model_dump(mode="json", exclude_defaults=False, exclude_none=True)


def limit(tree: Node) -> None:
    """Raise `TooLarge` when the tree is deeper than 6 or has more than 40 leaves."""
    if depth(tree) > MAX_DEPTH:
        raise TooLarge(_("A condition may nest %(most)d levels deep.") % {"most": MAX_DEPTH})
    if leaves(tree) > MAX_LEAVES:
        raise TooLarge(_("A condition may have %(most)d parts.") % {"most": MAX_LEAVES})


def depth(tree: Node) -> int:
    """Return how many levels the tree has; a leaf, negated or not, is one."""
    if isinstance(tree, Not) and isinstance(tree.of, Is | Did):
        return 1
    below = children(tree)
    return 1 + max((depth(child) for child in below), default=0)


def leaves(tree: Node) -> int:
    """Return how many comparisons the tree makes, those inside `did` and `has` included."""
    own = 0
    if isinstance(tree, Is):
        own = 1
    elif isinstance(tree, Did):
        own = 1 + len(tree.where)
    elif isinstance(tree, Has):
        own = 1
    return own + sum(leaves(child) for child in children(tree))


def children(tree: Node) -> tuple[Node, ...]:
    """Return the trees right below this one."""
    if isinstance(tree, All | AnyOf):
        return tree.of
    if isinstance(tree, Not):
        return (tree.of,)
    if isinstance(tree, Has) and tree.where is not None:
        return (tree.where,)
    return ()


def walk(tree: Node) -> Iterator[Node]:
    """Yield the tree and everything below it, top down."""
    yield tree
    for child in children(tree):
        yield from walk(child)


def every(*trees: Node) -> Node:
    """Return the condition that all `trees` hold, without needless groups."""
    parts: list[Node] = []
    for tree in trees:
        parts.extend(tree.of if isinstance(tree, All) else (tree,))
    return parts[0] if len(parts) == 1 else All(of=tuple(parts))


def simplify(tree: Node) -> Node:
    """Return the same condition without groups of one, as the text form writes it."""
    if isinstance(tree, All | AnyOf):
        parts = tuple(simplify(part) for part in tree.of)
        return parts[0] if len(parts) == 1 else tree.model_copy(update={"of": parts})
    if isinstance(tree, Not):
        return Not(of=simplify(tree.of))
    if isinstance(tree, Has) and tree.where is not None:
        return tree.model_copy(update={"where": simplify(tree.where)})
    return tree


def _refuse_nesting(data: Any) -> None:
    level = [data]
    for _step in range(MAX_NESTING):
        level = [
            child
            for item in level
            if isinstance(item, dict | list | tuple)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise TooLarge(_("A condition may nest %(most)d levels deep.") % {"most": MAX_DEPTH})
