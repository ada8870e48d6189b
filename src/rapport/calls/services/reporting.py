"""From a report of the telephone system to a call, its entry of the log, and what has to be called back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from rapport.calls.events import CallEnded, CallRang
from rapport.calls.models import Call, Extension
from rapport.calls.permissions import REPORT
from rapport.calls.services import missing
from rapport.customers.identities import BadIdentity, phone
from rapport.customers.models import Customer, Identity
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.team.models import User
from rapport.team.queries import home_country
from rapport.timeline.models import Activity
from rapport.timeline.services import activities

State = Call.State
OVER = (State.ENDED, State.MISSED, State.VOICEMAIL)
_RANK = {State.RINGING: 0, State.ANSWERED: 1, State.MISSED: 2, State.ENDED: 3, State.VOICEMAIL: 4}


@dataclass(frozen=True, slots=True)
class Said:
    """What a telephone system reports of a call: plain values; times are aware."""

    call: str
    event: str
    direction: str
    caller: str = ""
    called: str = ""
    extension: str = ""
    agent: str = ""
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    recording_url: str = ""
    transcript: str = ""


@verb(REPORT, publishes=(CallRang, CallEnded))
def report(said: Said, *, by: Actor) -> Call:
    """Note what is reported of a call and return it. Reports may come twice, late and in any order."""
    row, new = _found(said)
    over = row.state in OVER
    _fill(row, said)
    row.save()
    if new:
        publish(CallRang(direction=row.direction), by=by, subject=row, customer=row.customer_id, at=row.started_at)
    if row.state in OVER:
        _log(row, by)
        if row.direction == Call.Direction.IN and not row.talked:
            missing.call_back(row, by=by)
        if not over:
            happening = CallEnded(direction=row.direction, state=row.state)
            publish(happening, by=by, subject=row, customer=row.customer_id, at=row.ended_at or clock.now())
    return row


def holder(number_key: str) -> Customer | None:
    """Return the customer with this number; of several the one who was in touch last."""
    if not number_key:
        return None
    held = Identity.objects.filter(kind=Identity.Kind.PHONE, match_key=number_key, customer__deleted_at__isnull=True)
    customers = Customer.objects.filter(pk__in=held.values("customer_id")).select_related("touch")
    return max(customers, key=_lately, default=None)


def _lately(customer: Customer) -> tuple[datetime, UUID]:
    touch = getattr(customer, "touch", None)
    return (touch.last_at if touch and touch.last_at else customer.created_at), customer.pk


def _found(said: Said) -> tuple[Call, bool]:
    """Return the call of a report, locked, and whether it is new; whoever is second waits for the first."""
    at = clock.now()
    with transaction.atomic():
        row, new = Call.objects.get_or_create(
            provider_id=said.call,
            defaults={
                "direction": said.direction,
                "state": State.RINGING,
                "started_at": said.started_at or said.answered_at or said.ended_at or at,
                "created_at": at,
                "updated_at": at,
            },
        )
    return Call.objects.select_for_update().get(pk=row.pk), new


def _fill(row: Call, said: Said) -> None:
    """Take over what a report adds: nothing that is known is emptied, and no call goes back in time."""
    if _RANK[State(said.event)] > _RANK[State(row.state)]:
        row.state = said.event
    outside, ours = (said.caller, said.called) if row.direction == Call.Direction.IN else (said.called, said.caller)
    if outside and not row.number:
        row.number, row.number_key = _number(outside)
    row.line = row.line or ours[:64]
    for name in ("started_at", "answered_at", "ended_at"):
        value = getattr(said, name)
        if value is not None:
            setattr(row, name, value)
    row.recording_url = said.recording_url or row.recording_url
    row.transcript = said.transcript.strip() or row.transcript
    if said.event == State.ANSWERED and row.answered_at is None:
        row.answered_at = clock.now()
    if row.state in OVER and row.ended_at is None:
        row.ended_at = clock.now()
    row.agent = row.agent or _agent(said)
    row.customer = row.customer or holder(row.number_key)
    row.updated_at = clock.now()


def _number(written: str) -> tuple[str, str]:
    """Return a number as E.164 with its key; one that is none, such as "anonymous", as it is without a key."""
    try:
        normal = phone(written, home_country() or None)
    except BadIdentity:
        return written[:64], ""
    return normal.value[:64], normal.match_key[:64]


def _agent(said: Said) -> User | None:
    if said.agent:
        return User.objects.filter(email__iexact=said.agent, deactivated_at__isnull=True).first()
    if said.extension:
        seat = Extension.objects.filter(number=said.extension).select_related("user").first()
        return seat.user if seat and seat.user.is_active else None
    return None


def _log(row: Call, by: Actor) -> None:
    """Give a call that is over its one entry of the log, or bring that up to date."""
    if row.customer is None:
        return
    outcome, minutes = _outcome(row), _minutes(row)
    if row.activity is None:
        row.activity = activities.log_call(
            row.customer,
            row.transcript,
            by=_speaker(row, by),
            direction=row.direction,
            outcome=outcome,
            minutes=minutes,
            at=min(row.started_at, clock.now()),
        )
        row.save(update_fields=["activity"])
        return
    activities.settle_call(row.activity, by=by.with_everything(), outcome=outcome, minutes=minutes)
    if row.transcript and not row.activity.text:
        activities.rewrite(row.activity, row.transcript, by=by.with_everything())


def _outcome(row: Call) -> str:
    if row.talked:
        return Activity.Outcome.REACHED
    return Activity.Outcome.LEFT_MESSAGE if row.state == State.VOICEMAIL else Activity.Outcome.NO_ANSWER


def _minutes(row: Call) -> int | None:
    """Return how long they talked, in minutes as they are billed: begun ones count."""
    return None if row.length is None else -(-row.length // timedelta(minutes=1))


def _speaker(row: Call, by: Actor) -> Actor:
    """Return who logs a call: the colleague who had it, else the telephone system."""
    if row.agent is None:
        return by.with_everything()
    return replace(by.with_everything(), name=row.agent.name, user_id=row.agent.pk)
