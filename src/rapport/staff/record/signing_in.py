"""Whether a customer signs in to the portal, may, and what they see there of their companies."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.customers.models import Affiliation, Member
from rapport.customers.permissions import CHANGE
from rapport.customers.services import affiliations, members
from rapport.staff.record.known import Known
from rapport.staff.record.panels import Loaded
from rapport.staff.record.reach import customer_of, one
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell


def load(known: Known) -> Loaded:
    """Return the member, the companies, and whether there is an address to sign in with."""
    row = known.customer
    return {
        "member": Member.objects.filter(customer=row).first(),
        "reachable": row.identities.filter(kind="email").exists(),
        "parts": row.employers.filter(until__isnull=True).select_related("company"),
        "may_change": known.actor.may(CHANGE),
    }


@require_POST
def act(request: StaffRequest, pk: UUID, act: str) -> HttpResponseRedirect:
    """Keep a customer from signing in, or let them again."""
    row = customer_of(request.actor, pk)
    if act == "block":
        members.block(row, by=request.actor)
        tell(request, _("%(name)s cannot sign in any more.") % {"name": row.label})
    elif act == "unblock":
        members.unblock(row, by=request.actor)
        tell(request, _("%(name)s may sign in again.") % {"name": row.label})
    else:
        raise Http404
    return _back(pk)


@require_POST
def manage(request: StaffRequest, pk: UUID, affiliation: UUID) -> HttpResponseRedirect:
    """Let a person see what is their company's in the portal, or no longer."""
    row = customer_of(request.actor, pk)
    part = one(Affiliation.objects.filter(person=row, until__isnull=True).select_related("company"), affiliation)
    if part.manager_since:
        affiliations.relieve_manager(row, part, by=request.actor)
    else:
        affiliations.name_manager(row, part, by=request.actor)
    tell(request, _("Saved."))
    return _back(pk)


def _back(pk: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("staff:customer", args=[pk]))
