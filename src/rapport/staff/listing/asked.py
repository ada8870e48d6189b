"""What an address asks of a list: view, filter, search, order, columns and page; and the addresses of the next steps.

`view` names a saved view or a preset; `f`, `sort` and `columns` stand in for what it says. A `f` that is there but
empty means everything. `board` and `grid` say how one looks at it when not as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from rapport.kernel.conditions import All, ConditionError, Ctx, Is, Node, Op, read, text, to_q
from rapport.kernel.conditions.registry import reach
from rapport.kernel.conditions.tree import EVERYTHING, simplify
from rapport.staff.listing.keyset import BadCursor, Cursor, Order
from rapport.staff.listing.nouns import Column, Listing, Look, Preset, Rows
from rapport.team.models import SavedView

View = SavedView | Preset
MAX_SEARCH = 200


@dataclass(frozen=True)
class Asked:
    """A list as it is asked for. `problem` is what is wrong with the filter, which then lets nothing through."""

    listing: Listing
    look: Look
    view: View
    tree: Node
    filter: str
    search: str
    sort: str
    columns: tuple[Column, ...]
    after: str = ""
    before: str = ""
    board: str = ""
    grid: bool = False
    problem: ConditionError | None = None

    @property
    def ctx(self) -> Ctx:
        """What "me" and "today" mean in the filter."""
        return context(self.look)

    @property
    def key(self) -> str:
        """The view as addresses name it."""
        return view_key(self.view)

    @property
    def order(self) -> Order:
        """The order of the rows."""
        column = self.listing.column(self.sort.removeprefix("-"))
        assert column is not None
        assert column.sort is not None
        model = self.listing.rows(self.look.actor).model
        falling = self.sort.startswith("-")
        sort = column.sort
        range_of = Q() if sort.expression is not None else _range(self, sort.path)
        return Order(model, sort.path, sort.optional, falling, sort.only, range_of, sort.expression)

    @property
    def parts(self) -> tuple[Node, ...]:
        """The parts of the filter that all hold, each of which is one chip."""
        if isinstance(self.tree, All):
            return self.tree.of
        return (self.tree,)

    @property
    def filtered(self) -> bool:
        """Whether less than everything is asked for, by filter or by search."""
        return bool(self.search) or self.tree != EVERYTHING or self.problem is not None

    @cached_property
    def own(self) -> Asked:
        """The list just as its view says it."""
        return of_view(self.listing, self.look, self.view, grid=self.grid)

    @property
    def changed(self) -> bool:
        """Whether filter, order or columns differ from what the view says."""
        own = self.own
        return (self.filter, self.sort, self.columns) != (own.filter, own.sort, own.columns)

    def rows(self) -> Rows:
        """Return the rows that are asked for, in no order."""
        rows = self.listing.rows(self.look.actor)
        if self.problem is not None:
            return rows.none()
        if self.search:
            rows = self.listing.search(rows, self.search)
        return rows if self.tree == EVERYTHING else rows.filter(to_q(self.tree, self.listing.root, self.ctx))

    def cursors(self) -> tuple[Cursor | None, Cursor | None]:
        """Return the cursors after and before which the page is; one of another order counts for none."""
        try:
            after = self.order.read(self.after) if self.after else None
            before = self.order.read(self.before) if self.before and not after else None
        except BadCursor:
            return None, None
        return after, before

    def url(self, where: str = "", **changes: str | None) -> str:
        """Return the address of this list, or `where` it is told as well, with `changes` of its parameters, from its
        first page on.
        """
        values = self.parameters() | {"after": "", "before": ""} | changes
        query = urlencode(
            {name: value for name, value in values.items() if value or (name == "f" and value is not None)}
        )
        return (where or self.listing.at()) + (f"?{query}" if query else "")

    def kept(self, **changes: str | None) -> list[tuple[str, str]]:
        """Return names and values of the parameters, with `changes`, that a form has to carry along."""
        values = self.parameters() | {"after": "", "before": ""} | changes
        return [(name, value) for name, value in values.items() if value or (name == "f" and value is not None)]

    def parameters(self) -> dict[str, str | None]:
        """Return what the address has to say so that the same list comes; None and "" are left out (but an empty f)."""
        own = self.own
        return {
            "view": self.key if self.view != self.listing.presets[0] else None,
            "f": self.filter if self.filter != own.filter else None,
            "q": self.search,
            "sort": self.sort if self.sort != own.sort else None,
            "columns": ",".join(one.key for one in self.columns) if self.columns != own.columns else None,
            "board": self.board,
            "grid": "1" if self.grid else "",
            "after": self.after,
            "before": self.before,
        }

    def with_tree(self, tree: Node) -> str:
        """Return the address of this list filtered by `tree`."""
        return self.url(f=text(simplify(tree)))

    def without_part(self, place: int) -> str:
        """Return the address of this list without one part of its filter."""
        return self.with_tree(All(of=tuple(one for at, one in enumerate(self.parts) if at != place)))


def context(look: Look) -> Ctx:
    """Return what conditions take "me", "today" and amounts without a currency to mean for who looks."""
    zone = timezone.get_current_timezone_name()
    return Ctx(now=look.now, zone=zone, actor=look.actor, currency=look.currency)


def view_key(view: View) -> str:
    """Return a view as addresses name it."""
    return str(view.pk) if isinstance(view, SavedView) else view.key


def of_view(listing: Listing, look: Look, view: View, *, grid: bool = False) -> Asked:
    """Return the list just as a view says it."""
    condition = view.condition
    columns = view.columns if isinstance(view, SavedView) else ()
    return _made(listing, look, view, condition, view.sort, columns, grid=grid)


def asked(listing: Listing, look: Look, query: QueryDict, views: Sequence[SavedView] = ()) -> Asked:
    """Return what the parameters of an address ask of a list, with the reader's `views` to choose from."""
    view = _view(listing, look, query.get("view", ""), views)
    own_columns = view.columns if isinstance(view, SavedView) else ()
    columns = [key for key in query.get("columns", "").split(",") if key] or own_columns
    condition = query.get("f", view.condition).strip()
    grid = query.get("grid") == "1" and listing.grid_for(look.actor)
    made = _made(listing, look, view, condition, query.get("sort") or view.sort, columns, grid=grid)
    search = query.get("q", "").strip()[:MAX_SEARCH]
    board = query.get("board", "") if listing.board(query.get("board", "")) and not grid else ""
    return replace(made, search=search, after=query.get("after", ""), before=query.get("before", ""), board=board)


def _made(
    listing: Listing, look: Look, view: View, condition: str, sort: str, columns: Sequence[str], *, grid: bool
) -> Asked:
    tree, problem = _tree(listing, look, condition)
    return Asked(
        listing=listing,
        look=look,
        view=view,
        tree=tree,
        filter=condition if problem else text(tree),
        search="",
        sort=_sort(listing, look, sort),
        columns=_grid_columns(listing, look, columns) if grid else _columns(listing, look, columns),
        grid=grid,
        problem=problem,
    )


def parsed(listing: Listing, look: Look, condition: str) -> Node:
    """Return the tree of a condition in its text form; raises `ConditionError`."""
    zone = timezone.get_current_timezone_name()
    return simplify(read(condition, listing.root, look.actor, zone=zone))


def _tree(listing: Listing, look: Look, condition: str) -> tuple[Node, ConditionError | None]:
    try:
        return parsed(listing, look, condition), None
    except ConditionError as error:
        return EVERYTHING, error


def _view(listing: Listing, look: Look, key: str, views: Sequence[SavedView]) -> View:
    presets = listing.presets_for(look.actor)
    for preset in presets:
        if preset.key == key:
            return preset
    for view in views:
        if str(view.pk) == key:
            return view
    return presets[0]


def _sort(listing: Listing, look: Look, wanted: str) -> str:
    key = wanted.removeprefix("-")
    may = {one.key for one in listing.columns_for(look.actor, [key]) if one.sort is not None}
    return wanted if key in may else listing.sort


def _columns(listing: Listing, look: Look, wanted: Sequence[str]) -> tuple[Column, ...]:
    may = {one.key: one for one in listing.columns_for(look.actor, wanted)}
    chosen = [may[key] for key in dict.fromkeys(wanted) if key in may]
    return tuple(chosen) or tuple(one for one in may.values() if one.shown)


def _grid_columns(listing: Listing, look: Look, wanted: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of a grid: the name, then what is `wanted`, else what one may change and the others shown."""
    may = {one.key: one for one in listing.columns_for(look.actor, [*wanted] or None)}
    first = [one for one in may.values() if one.kind == "main"]
    chosen = [may[key] for key in wanted if key in may]
    changed = [one for one in may.values() if one.edit is not None and look.actor.may(one.edit.right)]
    others = chosen or [*changed, *(one for one in may.values() if one.shown)]
    return tuple({one.key: one for one in [*first, *others]}.values())


def _range(asked: Asked, path: str) -> Q:
    """Return what the filter asks of the column at `path` itself, as asked of the model that has the column."""
    found = Q()
    for part in asked.parts:
        if not isinstance(part, Is) or part.op is Op.EMPTY:
            continue
        spot = reach(asked.listing.root, part.field)
        way = "__".join([*(hop.attr for hop in spot.hops), str(spot.field.path)])
        if way == path and not spot.many and not spot.counts and not spot.field.inside:
            leaf = part.model_copy(update={"field": spot.field.name})
            found &= to_q(leaf, spot.owner.name, asked.ctx)
    return found
