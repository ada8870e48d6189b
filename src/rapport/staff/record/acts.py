"""What the customer page does: each view is a door, a form, a verb and an answer."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.customers.models import Customer
from rapport.customers.services import customers
from rapport.kernel.models import EventRecord
from rapport.staff.record import page
from rapport.staff.record.composer import BY_NAME, compose, composer
from rapport.staff.record.forms import TextForm
from rapport.staff.record.known import Known
from rapport.staff.record.reach import customer_of, one
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.timeline.models import Activity
from rapport.timeline.services import activities
from rapport.ui.toasts import tell


def back(row: Customer, anchor: str = "") -> HttpResponseRedirect:
    """Return to the page of a customer."""
    address = reverse("staff:customer", args=[row.pk])
    return HttpResponseRedirect(f"{address}#{anchor}" if anchor else address)


@require_POST
def send(request: StaffRequest, pk: UUID, kind: str) -> HttpResponse:
    """Log a note, a call or a meeting, or promise something."""
    row, chosen = customer_of(request.actor, pk), BY_NAME.get(kind)
    if chosen is None:
        raise Http404
    request.actor.require(chosen.right)
    form = chosen.form(request.POST)
    made = compose(row, chosen, form, request.actor)
    if made is None:
        opened = composer(row, request.actor, kind, form)
        return page.show(request, row, open_composer=opened, status=422)
    tell(request, str(chosen.done), undo=reverse(chosen.undo, args=[row.pk, made.pk]))
    return back(row)


@require_http_methods(["GET", "HEAD", "POST"])
def rewrite(request: StaffRequest, pk: UUID, activity: UUID) -> HttpResponse:
    """Change the text of a log entry."""
    row = customer_of(request.actor, pk)
    entry = one(_log(row, request), activity)
    form = TextForm(request.POST or None, initial={"text": entry.text})
    if form.is_valid():
        with told_by(form, {activities.Empty: "text"}):
            activities.rewrite(entry, form.cleaned_data["text"], by=request.actor)
            tell(request, _("Changed."), undo=reverse("staff:customer_log_revert", args=[row.pk, entry.pk]))
            return back(row, "timeline")
    template = "staff/record/entry_form.html" if request.htmx else "staff/record/entry.html"
    context = {"form": form, "entry": entry, **page.head(Known(row, request.actor))}
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
def revert(request: StaffRequest, pk: UUID, activity: UUID) -> HttpResponse:
    """Give a log entry the text it had before it was last changed."""
    row = customer_of(request.actor, pk)
    entry = one(_log(row, request), activity)
    changes = EventRecord.objects.filter(subject_id=entry.pk, type="timeline.activity_changed")
    newest = changes.order_by("-recorded_at", "-id").first()
    if newest is None:
        raise Http404
    activities.rewrite(entry, newest.data.get("before", ""), by=request.actor)
    tell(request, _("As it was before."))
    return back(row, "timeline")


@require_POST
def remove(request: StaffRequest, pk: UUID, activity: UUID) -> HttpResponse:
    """Move a log entry to the trash."""
    row = customer_of(request.actor, pk)
    entry = activities.remove(one(_log(row, request), activity), by=request.actor)
    words = _("%(kind)s moved to the trash.") % {"kind": entry.get_kind_display()}
    tell(request, words, undo=reverse("staff:customer_log_restore", args=[row.pk, entry.pk]))
    return back(row, "timeline")


@require_POST
def restore_entry(request: StaffRequest, pk: UUID, activity: UUID) -> HttpResponse:
    """Take a log entry back out of the trash."""
    row = customer_of(request.actor, pk)
    activities.restore(one(_log(row, request), activity), by=request.actor)
    tell(request, _("Back on the timeline."))
    return back(row, "timeline")


@require_POST
def trash(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Move a customer to the trash."""
    row = customers.trash(customer_of(request.actor, pk), by=request.actor)
    words = _("%(name)s moved to the trash.") % {"name": row.label}
    tell(request, words, undo=reverse("staff:customer_restore", args=[row.pk]))
    return back(row)


@require_POST
def restore(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a customer back out of the trash."""
    row = customers.restore(customer_of(request.actor, pk), by=request.actor)
    tell(request, _("%(name)s is back.") % {"name": row.label})
    return back(row)


def _log(row: Customer, request: StaffRequest) -> QuerySet[Activity]:
    return Activity.objects.visible_to(request.actor).filter(customer=row)
