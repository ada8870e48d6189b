"""Changing one cell in place: its input takes the cell's place where scripts run, and is a page of its own elsewhere.

The change goes through the noun's verb, which sets this one field alone; its events carry a cause of their own, by
which they are found again to be undone.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.ids import new_id
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import OutOfReach
from rapport.staff.listing import pages
from rapport.staff.listing.answers import leading_to, over
from rapport.staff.listing.nouns import Column, Edit, Listing
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.components import table
from rapport.ui.components.leaves import plain
from rapport.ui.toasts import tell


class CellForm(forms.Form):
    """The input of one cell."""

    def __init__(self, *args: Any, edit: Edit, label: str, suggest: str, **more: Any) -> None:
        super().__init__(*args, **more)
        field = edit.field()
        field.label = field.label or label
        if edit.suggest is not None:
            field.widget.attrs |= {"list": "cell-options", "autocomplete": "off", "hx-get": suggest,
                                   "hx-trigger": "focus, input changed delay:120ms", "hx-target": "#cell-options",
                                   "hx-swap": "innerHTML"}  # fmt: skip
        self.fields["value"] = field


def column_of(request: StaffRequest, listing: Listing, key: str) -> tuple[Column, Edit]:
    """Return the column and how its cells are changed. Raises `Http404` and `Forbidden`."""
    request.actor.require(listing.right)
    column = next((one for one in listing.columns_for(request.actor, [key]) if one.key == key), None)
    if column is None or column.edit is None:
        raise Http404
    request.actor.require(column.edit.right)
    return column, column.edit


def row_of(request: StaffRequest, listing: Listing, pk: UUID) -> Any:
    """Return the row. Raises `OutOfReach`."""
    row = listing.rows(request.actor).filter(pk=pk).first()
    if row is None:
        raise OutOfReach
    return row


def change(request: StaffRequest, listing: Listing, column: Column, row: Any, form: forms.Form) -> bool:
    """Change the cell to what the form holds and offer to undo it; return whether the verb took it."""
    edit, cause = column.edit, new_id()
    assert edit is not None
    with told_by(form, dict.fromkeys(edit.refusals, "value")), transaction.atomic():
        edit.change(row, request.actor.because_of(cause), form.cleaned_data["value"])
    if form.errors:
        return False
    if EventRecord.objects.filter(cause_id=cause).exists():
        undo = listing.at("cell_undo", column.key, str(cause))
        tell(request, _("%(what)s changed.") % {"what": column.label}, undo=undo)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: StaffRequest, listing: Listing, pk: UUID, column: str) -> HttpResponse:
    """Show the input of a cell, and change it."""
    found, edit = column_of(request, listing, column)
    row = row_of(request, listing, pk)
    suggest = listing.at("cell_suggest", column)
    form = CellForm(
        request.POST or None, edit=edit, label=str(found.label), suggest=suggest, initial={"value": edit.value(row)}
    )
    if request.method == "POST" and form.is_valid() and change(request, listing, found, row, form):
        return HttpResponse(shown(request, listing, found, pk)) if request.htmx else HttpResponseRedirect(back(request))
    context = {"form": form, "row": row, "action": request.get_full_path(), "title": found.label,
               "back": listing.at(), "next": back(request), "body": "staff/listing/cell_page.html"}  # fmt: skip
    template = "staff/listing/cell.html" if request.htmx else "staff/listing/step.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def shown(request: StaffRequest, listing: Listing, column: Column, pk: UUID) -> str:
    """Return the cell as the list shows it; "" when the row is not in the list any more."""
    look = pages.look_of(request)
    rows = listing.load([pk], look, [column.key])
    return table.cell(column.cell(rows[0], look)) if rows else ""


@require_POST
def undo(request: StaffRequest, listing: Listing, column: str, cause: UUID) -> HttpResponse:
    """Take back a change of the reader's own."""
    _found, edit = column_of(request, listing, column)
    for event in EventRecord.objects.filter(cause_id=cause, actor_id=request.actor.id).order_by("-id"):
        with told_by(forms.Form({}), dict.fromkeys(edit.refusals)):
            edit.undo(event, request.actor)
    tell(request, _("Put back as it was."))
    return HttpResponseRedirect(back(request, listing.at()))


@require_safe
def suggest(request: StaffRequest, listing: Listing, column: str) -> HttpResponse:
    """Answer with suggestions for what is being typed; of several with commas between, for the last one."""
    _found, edit = column_of(request, listing, column)
    typed = request.GET.get(request.GET.get("field", "value"), "")[:600]
    before, comma, last = typed.rpartition(",")
    there = {one.strip() for one in before.split(",")}
    lead = f"{before}{comma} " if comma else ""
    found = edit.suggest(last.strip(), request.actor) if edit.suggest is not None else ()
    return HttpResponse("".join(f'<option value="{plain(lead + one)}"></option>' for one in found if one not in there))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: StaffRequest, listing: Listing, board: str, pk: UUID) -> HttpResponse:
    """Ask where a card is to go, and move it there."""
    found = listing.board(board)
    if found is None:
        raise Http404
    column, edit = column_of(request, listing, found.edit)
    row = row_of(request, listing, pk)
    home = back(request, listing.at())
    values = {"value": request.POST.get("to", request.POST.get("value", ""))} if request.method == "POST" else None
    form = CellForm(values, edit=edit, label=str(column.label), suggest="", initial={"value": edit.value(row)})
    if form.is_valid() and change(request, listing, column, row, form):
        return leading_to(request, home)
    context = {"form": form, "row": row, "action": request.get_full_path(), "title": column.label, "next": home,
               "back": home}  # fmt: skip
    return over(request, "staff/listing/move", context, 422 if form.is_bound else 200)


def back(request: StaffRequest, otherwise: str = "") -> str:
    """Return the page of this site that one came from: what the form or the browser says, else `otherwise`."""
    for url in (request.POST.get("next"), request.GET.get("next"), request.headers.get("Referer")):
        if url and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}):
            return url
    return otherwise or "/"
