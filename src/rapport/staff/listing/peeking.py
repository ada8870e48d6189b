"""A look at one row beside the list: everything that the list could show of it, without leaving."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from rapport.staff.listing import pages
from rapport.staff.listing.boards import says
from rapport.staff.listing.cells import row_of
from rapport.staff.listing.nouns import Listing
from rapport.staff.requests import StaffRequest
from rapport.ui.components import table


@require_safe
def peek(request: StaffRequest, listing: Listing, pk: UUID) -> HttpResponse:
    """Answer with the panel of a row."""
    request.actor.require(listing.right)
    row_of(request, listing, pk)
    look = pages.look_of(request)
    columns = listing.columns_for(request.actor)
    rows = listing.load([pk], look, [one.key for one in columns])
    if not rows:
        raise Http404
    row = rows[0]
    cells = [(one, one.cell(row, look)) for one in columns if one.kind != "main"]
    context = {
        "label": listing.label(row), "href": listing.href(row),
        "edit": listing.edit(row, look) if listing.edit else "",
        "facts": [(one.label, mark_safe(table.cell(cell))) for one, cell in cells if says(cell)],
    }  # fmt: skip
    return render(request, "staff/listing/peek.html", context)
