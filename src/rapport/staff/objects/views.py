"""The pages of records: adding one, looking at it, changing it, moving it to the trash and back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.doors import pass_through
from rapport.kernel.fields import InvalidField
from rapport.kernel.models import EventRecord
from rapport.objects.models import ObjectType, Record
from rapport.objects.permissions import CHANGE, VIEW
from rapport.objects.services import records
from rapport.staff.objects import choosing, verbs
from rapport.staff.objects.forms import REFUSALS, RecordForm, initial
from rapport.staff.objects.listings import href
from rapport.staff.objects.page import page_of
from rapport.staff.record import cursors
from rapport.staff.record.reach import one
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui.toasts import tell

SUGGESTED = 8


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, kind: ObjectType) -> HttpResponse:
    """Add a record; the address may say whose it is and where it leads."""
    request.actor.require(kind.right_for(CHANGE))
    begin = {name: request.GET[name] for name in request.GET} | {"owner": request.user.pk}
    form = RecordForm(request.POST or None, kind=kind, actor=request.actor, initial=begin)
    if form.is_valid():
        made = kept(form, lambda: records.add(kind, by=request.actor, **form.values()))
        if made is not None:
            words = _("%(thing)s %(record)s added.") % {"thing": kind.name, "record": made.label}
            tell(request, words, undo=reverse("staff:record_trash", args=[kind.key, made.pk]))
            return HttpResponseRedirect(href(made))
    context = {"form": form, "kind": kind, "back": reverse("staff:objects", args=[kind.key])}
    return render(request, "staff/objects/form.html", context, status=422 if form.is_bound else 200)


@require_safe
def record(request: StaffRequest, kind: ObjectType, pk: UUID) -> HttpResponse:
    """Show a record."""
    row = record_of(request, kind, pk)
    before = cursors.read(request.GET.get("before", ""))
    page = page_of(row, request.actor, organisation().currency, before)
    return render(request, "staff/objects/record.html", {"page": page, "record": row, "kind": kind})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, kind: ObjectType, pk: UUID) -> HttpResponse:
    """Change a record."""
    row = record_of(request, kind, pk)
    pass_through(row, request.actor, CHANGE)
    form = RecordForm(request.POST or None, kind=kind, actor=request.actor, initial=initial(row))
    if form.is_valid() and kept(form, lambda: records.change(row, by=request.actor, **form.values())) is not None:
        tell(request, _("Saved."), undo=reverse("staff:record_unedit", args=[kind.key, row.pk]))
        return HttpResponseRedirect(href(row))
    context = {"form": form, "kind": kind, "record": row, "back": href(row)}
    return render(request, "staff/objects/form.html", context, status=422 if form.is_bound else 200)


@require_POST
def unedit(request: StaffRequest, kind: ObjectType, pk: UUID) -> HttpResponse:
    """Put back what the reader's last change of a record replaced."""
    row = record_of(request, kind, pk)
    changes = EventRecord.objects.filter(subject_id=row.pk, type="objects.record_changed", actor_id=request.actor.id)
    newest = changes.order_by("-recorded_at", "-id").first()
    if newest is not None:
        verbs.unchange(newest, request.actor)
        tell(request, _("Put back as it was."))
    return HttpResponseRedirect(href(row))


@require_POST
def trash(request: StaffRequest, kind: ObjectType, pk: UUID) -> HttpResponse:
    """Move a record to the trash."""
    row = record_of(request, kind, pk)
    records.trash(row, by=request.actor)
    words = _("%(record)s is in the trash.") % {"record": row.label}
    tell(request, words, undo=reverse("staff:record_restore", args=[kind.key, row.pk]))
    return HttpResponseRedirect(reverse("staff:objects", args=[kind.key]))


@require_POST
def restore(request: StaffRequest, kind: ObjectType, pk: UUID) -> HttpResponse:
    """Take a record out of the trash."""
    row = records.restore(record_of(request, kind, pk), by=request.actor)
    tell(request, _("%(record)s is back.") % {"record": row.label})
    return HttpResponseRedirect(href(row))


@require_safe
def suggest(request: StaffRequest, kind: ObjectType) -> HttpResponse:
    """Answer with the records that fit what is being typed, as suggestions."""
    request.actor.require(kind.right_for(VIEW))
    text = request.GET.get(request.GET.get("field", "record"), "")[:200]
    found = choosing.candidates(text, kind, request.actor)[:SUGGESTED] if text.strip() else []
    return render(request, "staff/customers/companies.html", {"names": [choosing.said(row) for row in found]})


def record_of(request: StaffRequest, kind: ObjectType, pk: UUID) -> Record:
    """Return a record of a type within the reader's reach, in the trash or not. Raises `Forbidden`, `OutOfReach`."""
    request.actor.require(kind.right_for(VIEW))
    rows = Record.objects.visible_to(request.actor).filter(type=kind).defer("search")
    return one(rows.select_related("customer", "owner"), pk)


def kept(form: RecordForm, write: object) -> Record | None:
    """Return the record that `write` kept, or None after telling the form what was refused."""
    assert callable(write)
    try:
        with told_by(form, REFUSALS):
            made: Record = write()
            return made
    except (InvalidField, records.WrongLink) as refusal:
        form.told(refusal)
    return None
