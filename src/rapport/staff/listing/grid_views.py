"""The doors of a grid: blocks of rows to read, blocks of cells to change, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from pydantic import BaseModel, ValidationError

from rapport.kernel.conditions.errors import TooSlow
from rapport.kernel.conditions.guard import limited
from rapport.kernel.permissions import Forbidden
from rapport.staff.listing import pages
from rapport.staff.listing.changing import CELLS, NEW, Block, Changer, undo
from rapport.staff.listing.grids import MOST, Grid
from rapport.staff.listing.nouns import Listing


class Steps(BaseModel):
    """What is taken back: columns with the causes of their changes, and the rows to show anew."""

    undo: list[tuple[str, UUID]]
    rows: list[UUID] = []


Door = Callable[[HttpRequest, Listing], HttpResponse]


def told(door: Door) -> Door:
    """Answer what a door refuses in JSON: to a form that is too old, or nobody's, it is a page that answers."""

    @wraps(door)
    def answer(request: HttpRequest, listing: Listing) -> HttpResponse:
        try:
            return door(request, listing)
        except Forbidden:
            return JsonResponse({"reason": _("Your role does not allow this.")}, status=403)
        except TooSlow as slow:
            return JsonResponse({"reason": slow.message}, status=503)
        except ValidationError as error:
            return JsonResponse({"reason": str(error)}, status=400)

    return answer


def grid_of(request: HttpRequest, listing: Listing) -> Grid:
    """Return the grid that an address asks for. Raises `Forbidden`."""
    wanted, _views = pages.read(request, listing)
    return Grid(wanted)


@require_safe
@told
def rows(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Answer with a block of rows."""
    skip = request.GET.get("skip", "0")
    with limited(pages.PATIENCE):
        return JsonResponse(grid_of(request, listing).block(min(int(skip), MOST) if skip.isdecimal() else 0))


@require_POST
@told
def change(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Change a block of cells, and answer with what became of each."""
    grid = grid_of(request, listing)
    block = Block.model_validate_json(request.body)
    if len(block.cells) > CELLS or len(block.new) > NEW:
        return JsonResponse({"reason": f"at most {CELLS} cells and {NEW} new rows at once"}, status=413)
    return JsonResponse(Changer(grid).run(block).plain(grid))


@require_POST
@told
def back(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Take changes of the reader's own back, and answer with the rows as they are now."""
    grid = grid_of(request, listing)
    steps = Steps.model_validate_json(request.body)
    with transaction.atomic():
        refused = undo(grid, steps.undo)
    reach = listing.rows(grid.look.actor).filter(pk__in=steps.rows[:CELLS]).values_list("pk", flat=True)
    there = set(reach)
    gone = [str(pk) for pk in steps.rows if pk not in there]
    return JsonResponse({"rows": grid.rows(list(there)), "gone": gone, "refused": refused})
