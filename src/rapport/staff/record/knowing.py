"""What we know of a customer, changed from the panel of facts: how to reach them, what they allow, who is around."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.customers.identities import BadIdentity
from rapport.customers.models import Customer
from rapport.customers.permissions import CHANGE, MERGE
from rapport.customers.services import comparing, consents, identities
from rapport.customers.services.identities import IdentityTaken
from rapport.kernel.actors import Actor
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import OutOfReach
from rapport.staff.record import facts, page
from rapport.staff.record.acts import back
from rapport.staff.record.forms import ConsentForm, IdentityForm
from rapport.staff.record.known import Known
from rapport.staff.record.reach import customer_of, one
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell


class TakenBy(ValidationError):
    """Somebody within reach has the address already; the words lead to them."""


@contextmanager
def taken_by(row: Customer, actor: Actor) -> Iterator[None]:
    """Run the block; that another customer has an address is told with the way to both side by side."""
    try:
        yield
    except IdentityTaken as taken:
        holder = taken.holder
        if holder is None or not Customer.objects.visible_to(actor).filter(pk=holder.pk).exists():
            raise TakenBy(str(taken)) from taken
        side_by_side = actor.may(MERGE) and holder.kind == row.kind and holder.deleted_at is None
        name, keys = ("customer_merge", [row.pk, holder.pk]) if side_by_side else ("customer", [holder.pk])
        words = format_html(
            _('<a href="{}">{}</a> has this already.'), reverse(f"staff:{name}", args=keys), holder.label
        )
        raise TakenBy(words) from taken


@require_POST
def add_identity(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Add an address, a number or a handle."""
    row = customer_of(request.actor, pk)
    request.actor.require(CHANGE)
    form = IdentityForm(request.POST, prefix="identity")
    if form.is_valid():
        given = form.cleaned_data
        with told_by(form, {BadIdentity: "value", TakenBy: "value"}), taken_by(row, request.actor):
            made = identities.add(row, given["kind"], given["value"], by=request.actor, label=given["label"])
            comparing.compare_now(row.pk)
            undo = reverse("staff:customer_identity_remove", args=[row.pk, made.pk])
            tell(request, _("%(value)s added.") % {"value": made.normal}, undo=undo)
            return back(row, "facts")
    return _refused(request, row, identity_form=form)


@require_POST
def remove_identity(request: StaffRequest, pk: UUID, identity: UUID) -> HttpResponse:
    """Take an address, a number or a handle from a customer."""
    row = customer_of(request.actor, pk)
    gone = one(row.identities.all(), identity)
    identities.remove(row, gone, by=request.actor)
    undo = reverse("staff:customer_identity_restore", args=[row.pk, identity])
    tell(request, _("%(value)s removed.") % {"value": gone.normal}, undo=undo)
    return back(row, "facts")


@require_POST
def restore_identity(request: StaffRequest, pk: UUID, identity: UUID) -> HttpResponse:
    """Put back an identity that was removed."""
    row = customer_of(request.actor, pk)
    removals = EventRecord.objects.filter(customer_id=row.pk, type="customers.identity_removed")
    newest = removals.filter(data__identity_id=str(identity)).order_by("-recorded_at", "-id").first()
    if newest is None:
        raise OutOfReach
    kept = newest.data["row"]
    try:
        identities.add(
            row, kept["kind"], kept["value"], by=request.actor, namespace=kept["namespace"], label=kept["label"]
        )
        tell(request, _("%(value)s is back.") % {"value": kept["normal"]})
    except (BadIdentity, IdentityTaken) as refusal:
        tell(request, str(refusal), tone="warn")
    return back(row, "facts")


@require_POST
def consent(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record what a customer allows or no longer allows."""
    row = customer_of(request.actor, pk)
    request.actor.require(CHANGE)
    form = ConsentForm(request.POST, prefix="consent")
    if form.is_valid():
        given = form.cleaned_data
        with told_by(form, {consents.NoSuchChannel: "channel"}):
            act = consents.give if given["state"] == "give" else consents.withdraw
            act(row, given["channel"], by=request.actor, topic=given["topic"], proof=given["proof"])
            tell(request, _("Consent noted."))
            return back(row, "facts")
    return _refused(request, row, consent_form=form)


def _refused(request: StaffRequest, row: Customer, **refused: forms.Form) -> HttpResponse:
    """Return the page with the panel of facts showing the form that was refused."""
    return page.show(request, row, status=422, refused={"facts": {**facts.load(Known(row, request.actor)), **refused}})
