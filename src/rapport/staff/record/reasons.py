"""Why the relationship index of a customer is what it is: each element with its measures and the rows behind them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rapport.insight.permissions import VIEW
from rapport.staff.record import page, relationship
from rapport.staff.record.known import Known
from rapport.staff.record.reach import customer_of
from rapport.staff.requests import StaffRequest


@require_safe
def relationship_page(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Explain the relationship index of a customer."""
    row = customer_of(request.actor, pk)
    request.actor.require(VIEW)
    known = Known(row, request.actor)
    context = {"score": known.score, "elements": relationship.elements(row, known.score), **page.head(known)}
    return render(request, "staff/record/relationship.html", context)
