"""Which people belong to which companies: joining with a role and a date, leaving on a day, and taking both back."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.customers.models import Affiliation, Customer
from rapport.customers.permissions import CHANGE, VIEW
from rapport.customers.services import affiliations
from rapport.kernel.clock import today
from rapport.kernel.doors import pass_through
from rapport.staff.customers.choosing import CustomerField
from rapport.staff.record import page
from rapport.staff.record.acts import back
from rapport.staff.record.known import Known
from rapport.staff.record.reach import customer_of, one
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui.forms import DateInput
from rapport.ui.toasts import tell

REFUSALS: dict[type[Exception], str | None] = {affiliations.WrongKind: "customer"}


class JoinForm(forms.Form):
    """The company that a person joins, or the person who joins a company; in which role, since when."""

    role = forms.CharField(label=gettext_lazy("Role there"), max_length=80, required=False)
    since = forms.DateField(label=gettext_lazy("Since"), required=False, widget=DateInput())

    field_order = ("customer", "role", "since")

    def __init__(self, *args: object, request: StaffRequest, row: Customer) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        person = row.kind == Customer.Kind.PERSON
        label, right = (gettext_lazy("Company"), VIEW) if person else (gettext_lazy("Person"), CHANGE)
        self.fields["customer"] = CustomerField(actor=request.actor, right=right, label=label)
        self.order_fields(self.field_order)


class LeaveForm(forms.Form):
    """The last day of somebody in a company."""

    until = forms.DateField(label=gettext_lazy("Until"), widget=DateInput())

    def __init__(self, *args: object, since: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.since = since

    def clean_until(self) -> object:
        """Return the day; raises `ValidationError` when they had not joined by then."""
        until = self.cleaned_data["until"]
        if self.since is not None and until < self.since:
            raise forms.ValidationError(_("They joined after this day."))
        return until


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a person join a company."""
    row = customer_of(request.actor, pk)
    pass_through(row, request.actor, CHANGE)
    form = JoinForm(request.POST or None, request=request, row=row)
    if form.is_valid():
        given = form.cleaned_data
        pair = (row, given["customer"]) if row.kind == Customer.Kind.PERSON else (given["customer"], row)
        with told_by(form, REFUSALS):
            made = affiliations.join(*pair, by=request.actor, role=given["role"], since=given["since"])
            undo = reverse("staff:customer_belonging_remove", args=[row.pk, made.pk])
            words = {"person": made.person.label, "company": made.company.label}
            tell(request, _("%(person)s belongs to %(company)s.") % words, undo=undo)
            return back(row, "facts")
    return _page(request, row, "join", form)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: StaffRequest, pk: UUID, affiliation: UUID) -> HttpResponse:
    """Let a person leave a company."""
    row = customer_of(request.actor, pk)
    pass_through(row, request.actor, CHANGE)
    kept = _of(row, affiliation)
    form = LeaveForm(request.POST or None, since=kept.since, initial={"until": today(organisation().zone)})
    if form.is_valid():
        affiliations.leave(kept.person, kept, by=request.actor, until=form.cleaned_data["until"])
        undo = reverse("staff:customer_belonging_return", args=[row.pk, kept.pk])
        words = {"person": kept.person.label, "company": kept.company.label}
        tell(request, _("%(person)s left %(company)s.") % words, undo=undo)
        return back(row, "facts")
    return _page(request, row, "leave", form, kept)


@require_POST
def come_back(request: StaffRequest, pk: UUID, affiliation: UUID) -> HttpResponseRedirect:
    """Take back that somebody left."""
    row = customer_of(request.actor, pk)
    kept = _of(row, affiliation)
    try:
        affiliations.come_back(kept.person, kept, by=request.actor)
        tell(request, _("Put back as it was."))
    except affiliations.JoinedAgain as refusal:
        tell(request, str(refusal), tone="warn")
    return back(row, "facts")


@require_POST
def remove(request: StaffRequest, pk: UUID, affiliation: UUID) -> HttpResponseRedirect:
    """Take back that somebody joined, which was a mistake."""
    row = customer_of(request.actor, pk)
    kept = _of(row, affiliation)
    affiliations.take_back(kept.person, kept, by=request.actor)
    tell(request, _("Put back as it was."))
    return back(row, "facts")


def _of(row: Customer, affiliation: UUID) -> Affiliation:
    """Return an affiliation of a person or of a company. Raises `OutOfReach`."""
    rows = Affiliation.objects.filter(Q(person=row) | Q(company=row)).select_related("person", "company")
    return one(rows, affiliation)


def _page(
    request: StaffRequest, row: Customer, act: str, form: forms.Form, affiliation: Affiliation | None = None
) -> HttpResponse:
    context = {"form": form, "act": act, "affiliation": affiliation, **page.head(Known(row, request.actor))}
    return render(request, "staff/record/belonging.html", context, status=422 if form.is_bound else 200)
