"""Promising something from the list of promises, and how many were kept."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.kernel import clock
from rapport.promises.permissions import CHANGE, VIEW
from rapport.promises.queries import kept_in
from rapport.promises.services import promises
from rapport.staff.customers.choosing import CustomerField
from rapport.staff.record.forms import PromiseForm
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

DAYS = 90


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Promise something to a customer."""
    request.actor.require(CHANGE)
    form = PromiseForm(request.POST or None)
    form.fields["customer"] = CustomerField(actor=request.actor, right=CHANGE)
    form.order_fields(["customer", "what", "kind", "due_on", "due_time"])
    if form.is_valid():
        given = form.cleaned_data
        with told_by(form, {promises.NoDueDate: "due_on"}):
            made = promises.make(given["customer"], given["what"], by=request.actor, kind=given["kind"], **form.due())
            undo = reverse("staff:customer_promise_unmake", args=[made.customer_id, made.pk])
            tell(request, _("Promised."), undo=undo)
            return HttpResponseRedirect(reverse("staff:promises"))
    return render(request, "staff/promises/add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def kept(request: StaffRequest) -> HttpResponse:
    """Answer with the share of promises kept among those that fell due in the last 90 days."""
    request.actor.require(VIEW)
    now = clock.now()
    found = kept_in(clock.Period(now - timedelta(days=DAYS), now), request.actor)
    return render(request, "staff/promises/kept.html", {"kept": found, "days": DAYS})
