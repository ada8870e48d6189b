"""Adding a customer and changing one."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.customers import searching
from rapport.customers.models import Customer
from rapport.customers.permissions import CHANGE, VIEW
from rapport.customers.services import comparing
from rapport.kernel.doors import pass_through
from rapport.kernel.models import EventRecord
from rapport.staff.customers import adding, choosing, verbs
from rapport.staff.customers.forms import CustomerForm, NewCustomerForm, initial
from rapport.staff.duplicates.words import reasons
from rapport.staff.record.reach import customer_of
from rapport.staff.requests import StaffRequest
from rapport.team.queries import home_country
from rapport.ui.toasts import tell

SUGGESTED = 8
TYPED = (*adding.PLAIN, "kind", "email", "phone", "country", "birthday")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a customer."""
    request.actor.require(CHANGE)
    begin = {"kind": request.GET.get("kind", "person"), "country": home_country(), "stage": Customer.Stage.LEAD,
             "owner": request.actor.user_id, "given_name": request.GET.get("name", "")}  # fmt: skip
    form = NewCustomerForm(request.POST or None, initial=begin)
    if form.is_valid() and (made := adding.add(form, request.actor)):
        comparing.compare_now(made.pk)
        tell(request, _("%(name)s added.") % {"name": made.label}, undo=reverse("staff:customer_trash", args=[made.pk]))
        return HttpResponseRedirect(reverse("staff:customer", args=[made.pk]))
    return render(request, "staff/customers/add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a customer."""
    row = customer_of(request.actor, pk)
    pass_through(row, request.actor, CHANGE)
    form = CustomerForm(request.POST or None, initial=initial(row))
    if form.is_valid() and adding.change(row, form, request.actor):
        comparing.compare_now(row.pk)
        tell(request, _("Saved."), undo=reverse("staff:customer_unedit", args=[row.pk]))
        return HttpResponseRedirect(reverse("staff:customer", args=[row.pk]))
    context = {"form": form, "customer": row}
    return render(request, "staff/customers/edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def unedit(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put back what the reader's last change of a customer replaced."""
    row = customer_of(request.actor, pk)
    changes = EventRecord.objects.filter(customer_id=row.pk, type="customers.changed", actor_id=request.actor.id)
    newest = changes.order_by("-recorded_at", "-id").first()
    if newest is not None:
        verbs.unchange(newest, request.actor)
        tell(request, _("Put back as it was."))
    return HttpResponseRedirect(reverse("staff:customer", args=[row.pk]))


@require_safe
def twins(request: StaffRequest) -> HttpResponse:
    """Answer with those who are known by the address or number that is being typed, or may be the same by all else."""
    request.actor.require(CHANGE)
    email, phone, country = (request.GET.get(name, "")[:254] for name in ("email", "phone", "country"))
    found = adding.twins(email, phone, country, request.actor)
    known = {twin.customer.pk for twin in found}
    given: dict[str, Any] = {name: request.GET.get(name, "")[:254] for name in TYPED}
    with suppress(ValueError):
        given["birthday"] = date.fromisoformat(given["birthday"])
    given["birthday"] = given["birthday"] or None
    may_be = [one for one in adding.likely(given, request.actor) if one.customer.pk not in known]
    context = {"twins": found, "likely": [(one.customer, reasons(one.reasons)) for one in may_be]}
    return render(request, "staff/customers/twins.html", context)


@require_safe
def companies(request: StaffRequest) -> HttpResponse:
    """Answer with the companies whose name is being typed, as suggestions."""
    request.actor.require(CHANGE)
    query = searching.query(request.GET.get("company", "")[:200])
    rows = Customer.objects.visible_to(request.actor).live().filter(kind=Customer.Kind.COMPANY)
    names = [] if query is None else rows.filter(search=query).values_list("name", flat=True)[:SUGGESTED]
    return render(request, "staff/customers/companies.html", {"names": names})


@require_safe
def suggest(request: StaffRequest) -> HttpResponse:
    """Answer with the customers who fit what is being typed, as suggestions."""
    text = request.GET.get(request.GET.get("field", "customer"), "")[:200]
    found = choosing.candidates(text, request.actor, VIEW)[:SUGGESTED] if text.strip() else []
    return render(request, "staff/customers/companies.html", {"names": [choosing.said(one) for one in found]})
