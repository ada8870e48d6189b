"""Customers who may be one over the API: the queue of pairs, and the answer that they are two."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import P, QueryEx, Router, Schema

from rapport.api.v1.access import actor_of, one
from rapport.api.v1.cursors import MAX_LIMIT, Page, order_of, page_of
from rapport.api.v1.idempotency import once
from rapport.customers.models import Customer, Duplicate
from rapport.customers.permissions import MERGE
from rapport.customers.queries import Possible
from rapport.customers.services import duplicates
from rapport.customers.twins.judging import SIGNS
from rapport.kernel.actors import Actor

router = Router(tags=["duplicates"])
SORTS = {"score": "score", "found_at": "found_at"}


class ReasonOut(Schema):
    """One thing that speaks for it, or against it: a stable code, and what it says in words."""

    code: str
    text: str


class PartyOut(Schema):
    """A customer in few words."""

    id: UUID
    number: int
    kind: str
    name: str


class DuplicateOut(Schema):
    """Two customers who may be one, the one added first in front; `score` from 0 to 100, sure from 90 on."""

    id: UUID
    score: int
    reasons: list[ReasonOut]
    customers: list[PartyOut]
    found_at: datetime
    dismissed_at: datetime | None
    dismissed_by: str


class PossibleOut(Schema):
    """A customer who may be the same as the one that was added or changed."""

    customer: PartyOut
    score: int
    reasons: list[ReasonOut]


@router.get("", response=Page[DuplicateOut], summary="List possible duplicates")
def list_duplicates(
    request: HttpRequest,
    customer_id: UUID | None = None,
    min_score: QueryEx[int, P(ge=0, le=100)] = 0,
    dismissed: bool = False,
    sort: str = "-score",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return pairs who may be one, within reach of merging; `dismissed=true` gives those said to be two."""
    actor = actor_of(request)
    actor.require(MERGE)
    pairs: Any = Duplicate.objects.visible_to(actor)
    rows = pairs.filter(dismissed_at__isnull=False) if dismissed else pairs.open()
    rows = rows.filter(score__gte=min_score).select_related("first", "second")
    if customer_id:
        rows = rows.filter(Q(first=customer_id) | Q(second=customer_id))
    return page_of(rows, order_of(sort, SORTS), cursor, limit, shown)


@router.post("/{duplicate_id}/dismiss", response=DuplicateOut, summary="Say that two are not the same")
@once
def dismiss(request: HttpRequest, duplicate_id: UUID) -> dict[str, Any]:
    """Note that the two are not the same: the pair is never suggested again, nor whoever they are merged into."""
    actor = actor_of(request)
    return shown(duplicates.keep_apart(_find(duplicate_id, actor), by=actor))


@router.post("/{duplicate_id}/reopen", response=DuplicateOut, summary="Suggest two again")
@once
def reopen(request: HttpRequest, duplicate_id: UUID) -> dict[str, Any]:
    """Take back that the two are not the same."""
    actor = actor_of(request)
    return shown(duplicates.suspect(_find(duplicate_id, actor), by=actor))


def shown(row: Duplicate) -> dict[str, Any]:
    """Return a pair as a `DuplicateOut`."""
    return {
        "id": row.pk,
        "score": row.score,
        "reasons": told(row.reasons),
        "customers": [_party(one) for one in row.pair],
        "found_at": row.found_at,
        "dismissed_at": row.dismissed_at,
        "dismissed_by": row.dismissed_by,
    }


def possible(found: list[Possible]) -> list[dict[str, Any]]:
    """Return customers who may be the same as `PossibleOut`."""
    return [{"customer": _party(one.customer), "score": one.score, "reasons": told(one.reasons)} for one in found]


def told(codes: list[str] | tuple[str, ...]) -> list[dict[str, str]]:
    """Return reasons by code and in words."""
    return [{"code": code, "text": str(SIGNS[code].label)} for code in codes if code in SIGNS]


def _party(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in ("id", "number", "kind", "name")}


def _find(duplicate_id: UUID, actor: Actor) -> Duplicate:
    actor.require(MERGE)
    return one(Duplicate.objects.visible_to(actor).filter(pk=duplicate_id))
