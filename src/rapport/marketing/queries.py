"""Questions about segments: who joined and left, how large it was on each day, who names it, and why somebody is in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import TruncDate

from rapport.customers.models import Customer
from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import All, Ctx, Reason, check, explain, load, reasons, sentence
from rapport.kernel.conditions.kept import Mention, mentions
from rapport.kernel.folding import Fold, fold
from rapport.kernel.written import KEY, Written
from rapport.marketing.models import Membership, Segment
from rapport.marketing.permissions import VIEW
from rapport.team.models import SavedView
from rapport.team.queries import context_for, settled

NOUN = "customer"
DAYS = 90
VIEWS = "team.SavedView"
_segments = Written()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a segment: how many joined it and left it, and how many were in it at its end."""

    on: date
    joined: int
    left: int
    size: int


@dataclass(frozen=True, slots=True)
class Why:
    """Since when a customer is in a segment (None: they are not), whether they meet its condition now, and its parts.

    All `parts` have to hold. `holds` is None for a chosen list, which has none.
    """

    since: datetime | None
    holds: bool | None = None
    parts: tuple[Reason, ...] = ()


def named(name: str) -> Segment | None:
    """Return the segment of this name that is not archived, without regard to case and accents."""
    rows = Segment.objects.active().alias(folded=Fold("name"))
    return rows.filter(folded=fold(" ".join(name.split()))).first()


def condition_on(segment: Segment) -> str:
    """Return the condition on customers, in its text form, that they are in a segment."""
    return f'segment = "{segment.pk}"'


def used_in(segment: Segment) -> list[Mention]:
    """Return what names the segment in a condition: other segments, policies, and views with whose they are."""
    found = [one for one in mentions(segment.pk) if one.key != segment.pk]
    views = [one.key for one in found if one.model == VIEWS]
    owners = dict(SavedView.objects.filter(pk__in=views).values_list("pk", "owner__name")) if views else {}
    return [replace(one, name=f"{one.name} ({owners[one.key]})") if owners.get(one.key) else one for one in found]


def members(segment: Segment, actor: Actor) -> QuerySet[Customer]:
    """Return the customers within reach that are in a segment now."""
    rows = Membership.objects.filter(segment=segment, until=None)
    return Customer.objects.visible_to(actor).live().filter(pk__in=rows.values("customer_id"))


def current(segment: Segment, actor: Actor) -> QuerySet[Membership]:
    """Return who is in a segment now, with the customers, those within reach that are not in the trash."""
    return _within_reach(segment, actor).filter(until=None)


def joined_lately(segment: Segment, actor: Actor, most: int) -> list[Membership]:
    """Return the last that joined and are within reach, the newest first."""
    return list(current(segment, actor).order_by("-since", "-id")[:most])


def left_lately(segment: Segment, actor: Actor, most: int) -> list[Membership]:
    """Return the last that left and are within reach, the newest first."""
    rows = _within_reach(segment, actor).filter(until__isnull=False)
    return list(rows.order_by("-until", "-id")[:most])


def days(segment: Segment, most: int = DAYS) -> list[Day]:
    """Return the last days of a segment in the organisation's zone, from when it was made, the oldest first."""
    zone = ZoneInfo(settled().zone)
    today = clock.now().astimezone(zone).date()
    first = max(today - timedelta(days=most - 1), segment.created_at.astimezone(zone).date())
    start = clock.day_start(first, zone.key)
    joined = _by_day(segment.memberships.filter(since__gte=start), "since", zone)
    left = _by_day(segment.memberships.filter(until__gte=start), "until", zone)
    size, found, day = segment.size, list[Day](), today
    while day >= first:
        found.append(Day(day, joined.get(day, 0), left.get(day, 0), size))
        size = max(0, size + left.get(day, 0) - joined.get(day, 0))
        day -= timedelta(days=1)
    return found[::-1]


def of_customer(customer: Customer, actor: Actor) -> list[Segment]:
    """Return the active segments by name, each with `since`: the moment from which the customer is in it, or None."""
    return _segments.objects(actor.scope(VIEW), lambda: _asking_segments(actor), {KEY: customer.pk})


def _asking_segments(actor: Actor) -> QuerySet[Segment]:
    here = FilteredRelation("memberships", condition=Q(memberships__customer=KEY, memberships__until=None))
    rows = Segment.objects.visible_to(actor).active().annotate(here=here, since=F("here__since"))
    return rows.defer("condition").order_by("name")


def in_words(segment: Segment, context: Ctx) -> str:
    """Return the condition of a dynamic segment as a sentence. Raises `ConditionError` when it can't be read."""
    return sentence(load(segment.condition), NOUN, context)


def as_text(segment: Segment) -> str:
    """Return the condition in its text form, with the segments it stands on by their names, which can be read again."""
    found = segment.text
    for key, name in Segment.objects.values_list("pk", "name"):
        found = found.replace(f'"{key}"', json.dumps(name, ensure_ascii=False))
    return found


def why(segment: Segment, customer: Customer, actor: Actor) -> Why:
    """Return whether and why a customer is in a segment, as they are now.

    Raises `ConditionError` when the condition can't be read, or asks for what the actor may not know.
    """
    row = Membership.objects.filter(segment=segment, customer=customer, until=None).first()
    if not segment.dynamic:
        return Why(row.since if row else None)
    tree, context = check(load(segment.condition), NOUN, actor), context_for(actor)
    found = reasons(explain(tree, NOUN, customer, context), NOUN, context)
    parts = found.parts if isinstance(tree, All) else (found,)
    return Why(row.since if row else None, found.holds, parts)


def _within_reach(segment: Segment, actor: Actor) -> QuerySet[Membership]:
    rows = Membership.objects.visible_to(actor, CUSTOMERS).filter(segment=segment, customer__deleted_at=None)
    return rows.select_related("customer").defer("customer__search")


def _by_day(rows: QuerySet[Membership], moment: str, zone: ZoneInfo) -> dict[date, int]:
    found = rows.annotate(on=TruncDate(moment, tzinfo=zone)).order_by().values_list("on").annotate(n=Count("pk"))
    return dict(found)
