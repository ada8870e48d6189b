"""The page of a list: what it shows, and the view that answers with the page or, for htmx, with the list alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.conditions.errors import TooSlow
from rapport.kernel.conditions.guard import limited
from rapport.kernel.written import KEY, Written
from rapport.staff.listing import boards, tables, tabs
from rapport.staff.listing import chips as chip
from rapport.staff.listing.asked import Asked, asked
from rapport.staff.listing.boards import Lane
from rapport.staff.listing.counting import Count, count, expected
from rapport.staff.listing.nouns import Action, BulkVerb, Listing, Look
from rapport.staff.listing.walking import Page, page
from rapport.team.models import SavedView
from rapport.team.permissions import VIEWS_SHARE
from rapport.team.queries import organisation, saved_views
from rapport.ui import formats
from rapport.ui.components.parts import Chip, Tab
from rapport.ui.components.table import Table

PATIENCE = 5.0  # seconds for one question of the database
_views = Written()


@dataclass(frozen=True)
class Shown:
    """Everything that the page of a list says, and where its links lead."""

    asked: Asked
    page: Page
    table: Table
    total: Count
    found: Count
    chips: list[Chip]
    tabs: list[Tab]
    lanes: list[Lane] = field(default_factory=list)

    @property
    def layouts(self) -> list[tuple[str, str, str, bool]]:
        """The ways to look at the list: name, icon, address, whether it is the one shown; none when there is one."""
        asked = self.asked
        found = [(_("Table"), "table", asked.url(board="", grid=""), not asked.board and not asked.grid)]
        if self.listing.grid_for(asked.look.actor):
            found.append((_("Grid"), "grid-4x4", asked.url(board="", grid="1"), asked.grid))
        boarded = boards.offered(asked)
        found += [(str(one.label), "layout-kanban", url, asked.board == one.key) for one, url in boarded]
        return found if len(found) > 1 else []

    @property
    def layout(self) -> tuple[str, str]:
        """Name and icon of the way one looks at the list."""
        return next(((name, icon) for name, icon, _url, current in self.layouts if current), (_("Table"), "table"))

    @property
    def gridded(self) -> bool:
        """Whether the list is shown as a grid: when it has rows, or one may add the first."""
        asked = self.asked
        return asked.grid and (bool(self.page.ids) or bool(self.adds and not asked.filtered))

    @property
    def adds(self) -> str:
        """What the reader adds in a grid, in words; "" when nothing."""
        adds = self.listing.adds_for(self.asked.look.actor)
        return str(adds.label) if adds else ""

    @property
    def grid_rows(self) -> str:
        """The address of the rows of the grid."""
        return self.url("grid_rows")

    @property
    def grid_changes(self) -> str:
        """The address that takes changed cells of the grid."""
        return self.url("grid_changes")

    @property
    def grid_undo(self) -> str:
        """The address that takes them back."""
        return self.url("grid_undo")

    @property
    def cells_url(self) -> str:
        """What the addresses of cells begin with."""
        return f"{self.list_url}cell/"

    @property
    def peeks_url(self) -> str:
        """What the addresses of looks at a row begin with."""
        return f"{self.list_url}peek/"

    @property
    def listing(self) -> Listing:
        """The description of the list."""
        return self.asked.listing

    @property
    def words(self) -> str:
        """How many there are in all."""
        return tables.said(self.total)

    @property
    def pages(self) -> bool:
        """Whether there are other pages."""
        return not self.page.whole

    @property
    def before(self) -> str:
        """The address of the page before, "" on the first."""
        return self.asked.url(before=self.page.before.text()) if self.page.before else ""

    @property
    def after(self) -> str:
        """The address of the next page, "" on the last."""
        return self.asked.url(after=self.page.after.text()) if self.page.after else ""

    @property
    def known_total(self) -> int | None:
        """How many rows are asked for, None when that is only an estimate."""
        return self.found.number if self.found.exact else None

    @property
    def everything(self) -> str:
        """What selecting beyond this page comes to."""
        return _("all %(things)s that fit") % {"things": self.listing.counted(self.found.number)}

    @property
    def sorted_by(self) -> str:
        """The order in words."""
        column = self.listing.column(self.asked.sort.removeprefix("-"))
        return _("Sorted by %(column)s") % {"column": formats.inside(column.label)} if column else ""

    @property
    def verbs(self) -> list[tuple[BulkVerb, str]]:
        """What the reader may do to selected rows, with the addresses that take them."""
        return [(verb, self.url("bulk", verb.key)) for verb in self.listing.verbs_for(self.asked.look.actor)]

    @property
    def actions(self) -> list[tuple[Action, str]]:
        """The buttons of the head, with their addresses."""
        return [(action, action.url) for action in self._offered if action.kind != "quiet"]

    @property
    def more(self) -> list[tuple[Action, str]]:
        """What waits in the menu beside the buttons, with its addresses."""
        return [(action, action.url) for action in self._offered if action.kind == "quiet"]

    @property
    def _offered(self) -> list[Action]:
        return self.listing.actions_for(self.asked.look.actor)

    @property
    def keeps(self) -> list[tuple[Action, str]]:
        """What the reader may make of the filter, with the addresses that are told it."""
        asked = self.asked
        if not asked.filter or asked.problem is not None:
            return []
        query = urlencode({"f": asked.filter})
        may = (one for one in self.listing.keeps if one.right is None or asked.look.actor.may(one.right))
        return [(one, f"{one.url}?{query}") for one in may]

    @property
    def exports(self) -> list[tuple[str, str]]:
        """The formats in which the reader may take the rows out, with their addresses."""
        if not self.listing.may_export(self.asked.look.actor):
            return []
        return [(_("As CSV"), self.url("export", "csv")), (_("As Excel"), self.url("export", "xlsx"))]

    @property
    def missing_counts(self) -> str:
        """The address that counts the views whose tabs have no number yet, "" when all have."""
        return self.url("counts") if any(tab.count is None for tab in self.tabs) else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that a new search keeps."""
        return self.asked.kept(q="")

    @property
    def list_url(self) -> str:
        """The address of the list alone."""
        return self.listing.at()

    @property
    def may_share(self) -> bool:
        """Whether the reader may show views to everybody."""
        return self.asked.look.actor.may(VIEWS_SHARE)

    @property
    def filter_url(self) -> str:
        """Where a condition is added."""
        return self.url("filter")

    @property
    def columns_url(self) -> str:
        """Where columns are chosen."""
        return self.url("columns")

    @property
    def save_url(self) -> str:
        """Where this list is kept as a view."""
        return self.url("save")

    @property
    def reset_url(self) -> str:
        """The list just as its view says it."""
        return self.asked.url(f=None, sort="", columns="", q="")

    @property
    def saved(self) -> SavedView | None:
        """The view when it is a saved one."""
        return self.asked.view if isinstance(self.asked.view, SavedView) else None

    @property
    def owns_view(self) -> bool:
        """Whether the reader may change and forget the view."""
        actor = self.asked.look.actor
        return self.saved is not None and (self.saved.owner_id == actor.user_id or actor.may(VIEWS_SHARE))

    def url(self, page: str, *args: str) -> str:
        """Return the address of a page beside the list, which is told what the list shows."""
        return beside(self.asked, page, *args)


def beside(asked: Asked, page: str, *args: str) -> str:
    """Return the address of a page beside the list (filter, columns, save, counts); it says what the list shows."""
    where = asked.listing.at(page, *args)
    query = asked.url().partition("?")[2]
    return f"{where}?{query}" if query else where


def look_of(request: HttpRequest) -> Look:
    """Return who looks, and what cells need to know of the firm and of the page."""
    firm = organisation()
    return Look(
        actor=request.actor,  # type: ignore[attr-defined]
        currency=firm.currency,
        zone=firm.zone,
        now=clock.now(),
        csrf=get_token(request),
        here=request.get_full_path(),
    )


def views_of(request: HttpRequest) -> list[SavedView]:
    """Return the views that the reader has of any list: their own and the shared ones, asked for once a request."""
    known: list[SavedView] | None = getattr(request, "saved_views", None)
    if known is None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        known = _views.objects("all", lambda: saved_views(replace(actor, user_id=KEY)), {KEY: actor.user_id})
        request.saved_views = known  # type: ignore[attr-defined]
    return known


def read(request: HttpRequest, listing: Listing) -> tuple[Asked, list[SavedView]]:
    """Return what the request asks of a list, and the views of its reader. Raises `Forbidden`."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(listing.right)
    views = [one for one in views_of(request) if one.noun == listing.name]
    return asked(listing, look_of(request), request.GET, views), views


def shown(wanted: Asked, views: Sequence[SavedView]) -> Shown:
    """Return a page of the list that is asked for."""
    listing, look = wanted.listing, wanted.look
    within_reach = listing.rows(look.actor)
    reaches_all = listing.whole_for(look.actor)
    after, before = wanted.cursors()
    rows = wanted.rows()
    board = listing.board(wanted.board)
    known = expected(rows, filtered=wanted.filtered or not reaches_all)
    found_page = page(rows, wanted.order, known, after=after, before=before)
    found = Count(len(found_page.ids)) if found_page.whole else count(rows, known)
    total = found if not wanted.filtered else count(within_reach, known.of_all(within_reach, whole=reaches_all))
    loaded = [] if board else listing.load(found_page.ids, look, [one.key for one in wanted.columns])
    return Shown(
        asked=wanted,
        page=found_page,
        table=tables.table(wanted, loaded, found, tables.totals(wanted, found)),
        total=total,
        found=found,
        chips=chip.chips(wanted, listing.at("filter")),
        tabs=tabs.tabs(wanted, views, found),
        lanes=boards.lanes(wanted, board) if board and not wanted.problem else [],
    )


def shown_in_time(wanted: Asked, views: Sequence[SavedView]) -> Shown:
    """Return a page of the list; of one that takes too long, an empty page that says so."""
    try:
        with limited(PATIENCE):
            return shown(wanted, views)
    except TooSlow as slow:
        return shown(replace(wanted, problem=slow), views)


def show(request: HttpRequest, listing: Listing, more: dict[str, Any] | None = None) -> HttpResponse:
    """Answer with the page of a list; for htmx with the list alone. `more` is what its template also shows."""
    wanted, views = read(request, listing)
    context = {"shown": shown_in_time(wanted, views), **(more or {})}
    template = "staff/listing/list.html" if request.headers.get("HX-Target") == "list" else "staff/listing/page.html"
    status = 422 if context["shown"].asked.problem else 200
    answer = render(request, template, context, status=status)
    patch_vary_headers(answer, ["HX-Target"])
    return answer
