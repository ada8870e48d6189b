"""What may happen to a meeting: it is planned, moved, changed, called off; somebody answers; it takes place or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.conversations.services.people import normal_address
from rapport.conversations.services.senders import known
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import Event, publish
from rapport.kernel.ids import new_id
from rapport.kernel.verbs import verb
from rapport.meetings.events import (
    InvitationAnswered,
    MeetingCancelled,
    MeetingChanged,
    MeetingHeld,
    MeetingMissed,
    MeetingMoved,
    MeetingPlanned,
)
from rapport.meetings.models import Attendee, Meeting, MeetingType
from rapport.meetings.permissions import BOOK, PLAN
from rapport.meetings.policy import current
from rapport.team.models import User
from rapport.timeline.services import activities

EDITABLE = frozenset({"title", "agenda", "place", "video_url", "private", "remind_minutes"})
LONGEST = timedelta(days=31)


class NoLength(ValueError):
    """A meeting ends after it begins, and within a month."""


class UnknownZone(ValueError):
    """There is no such time zone."""


class NotPlanned(ValueError):
    """The meeting was called off, or somebody noted how it went."""


class NotYet(ValueError):
    """The meeting has not begun, so nobody can say how it went."""


class NoTitle(ValueError):
    """A meeting is about something."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to invite: a colleague, a customer with or without an address, or an address alone."""

    address: str = ""
    name: str = ""
    user: User | None = None
    customer: Customer | None = None


@verb(PLAN, publishes=(MeetingPlanned,), offer=("mcp",))
def plan(
    title: str,
    *,
    by: Actor,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    guests: Sequence[Guest] = (),
    organiser: User | None = None,
    all_day: bool = False,
    kind: MeetingType | None = None,
    origin: str = Meeting.Origin.STAFF,
    uid: str = "",
    rrule: str = "",
    **values: Any,
) -> Meeting:
    """Plan a meeting and return it; those who have an address are invited. Raises `NoTitle`, `NoLength`, `UnknownZone`.

    Guests whose address is a customer's are that customer. `values` are fields of `EDITABLE`.
    """
    check(title, starts_at, ends_at, zone)
    at = clock.now()
    key = new_id()
    values.setdefault("remind_minutes", current().remind_minutes or None)
    row = Meeting.objects.create(
        id=key, uid=uid or f"{key.hex}@rapport", title=title.strip()[:200], starts_at=starts_at, ends_at=ends_at,
        zone=zone, all_day=all_day, organiser=organiser, kind=kind, origin=origin, rrule=rrule[:500], created_at=at,
        updated_at=at, **{name: value for name, value in values.items() if name in EDITABLE},
    )  # fmt: skip
    _invite(row, guests)
    booked = "yes" if origin == Meeting.Origin.BOOKING else ""
    tell(row, MeetingPlanned(title=row.title, starts=starts_at.isoformat(), booked=booked), by)
    return row


@verb(PLAN, publishes=(MeetingMoved,), offer=("mcp",))
def move(
    meeting: Meeting, *, by: Actor, starts_at: datetime, ends_at: datetime, zone: str = "", all_day: bool | None = None
) -> Meeting:
    """Give a meeting another time; everybody is asked anew. Raises `NotPlanned`, `NoLength`, `UnknownZone`."""
    row = _planned(meeting)
    zone = zone or row.zone
    check(row.title, starts_at, ends_at, zone)
    whole = row.all_day if all_day is None else all_day
    if (row.starts_at, row.ends_at, row.zone, row.all_day) == (starts_at, ends_at, zone, whole):
        return row
    before = row.starts_at
    row.starts_at, row.ends_at, row.zone, row.all_day = starts_at, ends_at, zone, whole
    row.reminded_at = None
    _save(row)
    row.attendees.filter(user__isnull=True).update(answer=Attendee.Answer.WAITING, answered_at=None)
    tell(row, MeetingMoved(title=row.title, before=before.isoformat(), starts=starts_at.isoformat()), by)
    return row


@verb(PLAN, publishes=(MeetingChanged,))
def change(meeting: Meeting, *, by: Actor, guests: Sequence[Guest] | None = None, **values: Any) -> Meeting:
    """Change what a meeting is about, where it is and who is invited. Raises `NotPlanned`, `NoTitle`."""
    row = _planned(meeting)
    wanted = {name: value for name, value in values.items() if name in EDITABLE and getattr(row, name) != value}
    for name, value in wanted.items():
        setattr(row, name, value)
    row.title = row.title.strip()[:200]
    check(row.title, row.starts_at, row.ends_at, row.zone)
    others = guests is not None and _changed_guests(row, guests)
    if wanted or others:
        _save(row)
        tell(row, MeetingChanged(title=row.title), by)
    return row


@verb(PLAN, publishes=(MeetingCancelled,), offer=("mcp",))
def cancel(meeting: Meeting, *, by: Actor, reason: str = "") -> Meeting:
    """Call a meeting off; everybody who was invited is told. Raises `NotPlanned`."""
    row = _planned(meeting)
    row.state, row.because = Meeting.State.CANCELLED, reason.strip()[:300]
    _save(row)
    tell(row, MeetingCancelled(title=row.title, reason=row.because), by)
    return row


@verb(PLAN, publishes=(MeetingHeld,))
def hold(meeting: Meeting, outcome: str = "", *, by: Actor) -> Meeting:
    """Note that a meeting took place and what came of it; it stands in the log of its customers. Raises as `miss`."""
    row = _begun(meeting)
    row.state, row.outcome = Meeting.State.HELD, outcome.strip()
    minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
    for customer in customers_of(row):
        row.activity = activities.log_meeting(
            customer, "\n\n".join(part for part in (row.title, row.outcome) if part), by=by.with_everything(),
            minutes=minutes, at=row.starts_at,
        )  # fmt: skip
    row.updated_at = clock.now()
    row.save()
    tell(row, MeetingHeld(title=row.title), by)
    return row


@verb(PLAN, publishes=(MeetingMissed,))
def miss(meeting: Meeting, outcome: str = "", *, by: Actor) -> Meeting:
    """Note that nobody came. Raises `NotPlanned`, `NotYet`."""
    row = _begun(meeting)
    row.state, row.outcome, row.updated_at = Meeting.State.NO_SHOW, outcome.strip(), clock.now()
    row.save()
    tell(row, MeetingMissed(title=row.title, text=row.outcome), by, at=row.starts_at)
    return row


@verb(BOOK, publishes=(InvitationAnswered,))
def answer(attendee: Attendee, said: str, *, by: Actor, sequence: int | None = None) -> Attendee:
    """Note what somebody answered to the invitation and return them.

    An answer to an invitation that was replaced since (`sequence`) and one after the end change nothing.
    """
    row = Attendee.objects.select_for_update().get(pk=attendee.pk)
    meeting = Meeting.objects.get(pk=row.meeting_id)
    if not meeting.planned or row.answer == said or (sequence is not None and sequence < row.told):
        return row
    row.answer, row.answered_at = said, clock.now()
    row.save(update_fields=["answer", "answered_at"])
    if row.customer_id:
        publish(InvitationAnswered(title=meeting.title, answer=said), by=by, subject=meeting, customer=row.customer_id)
    return row


def hold_hosts(users: Iterable[UUID]) -> None:
    """Let nobody else plan for these colleagues until the transaction ends. In one order, so nobody waits in a ring."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=sorted(users)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def customers_of(row: Meeting) -> list[Customer]:
    """Return the customers who are invited, each once."""
    return list(Customer.objects.filter(invitations__meeting=row).distinct().order_by("pk"))


def tell(row: Meeting, happening: Event, by: Actor, *, at: datetime | None = None) -> None:
    """Publish what happened to a meeting: on the timeline of each customer, or once when there is none."""
    keys: list[UUID | None] = [one.pk for one in customers_of(row)]
    for key in keys or [None]:
        publish(happening, by=by, subject=row, customer=key, at=at)


def check(title: str, starts_at: datetime, ends_at: datetime, zone: str) -> None:
    """Raise what is wrong with a meeting: `NoTitle`, `NoLength`, `UnknownZone`."""
    if not title.strip():
        raise NoTitle(_("What is the meeting about?"))
    if not timedelta() < ends_at - starts_at <= LONGEST:
        raise NoLength(_("A meeting ends after it begins, and lasts a month at most."))
    if zone not in clock.zones():
        raise UnknownZone(_("There is no time zone %(zone)s.") % {"zone": zone})


def _invite(row: Meeting, guests: Sequence[Guest]) -> None:
    there = {_key(one) for one in row.attendees.all()}
    for one in guests:
        made = _attendee(row, one)
        known_address = bool(made.address) and any(made.address == address for address, _user, _customer in there)
        if _key(made) not in there and not known_address:
            made.save(force_insert=True)
            there.add(_key(made))


def _key(one: Attendee) -> tuple[str, UUID | None, UUID | None]:
    return one.address, one.user_id, one.customer_id


def _attendee(row: Meeting, guest: Guest) -> Attendee:
    """Return the unsaved attendee of a guest; an address that is a colleague's or a customer's is theirs."""
    address = normal_address(guest.user.email if guest.user else guest.address)
    user = guest.user
    if user is None and guest.customer is None and address:
        user = User.objects.filter(email__iexact=address, deactivated_at__isnull=True).first()
    customer = guest.customer
    if user is None and customer is None and address and (found := known(address)):
        customer = Customer.objects.filter(pk=found, deleted_at__isnull=True).first()
    name = guest.name or (user.name if user else customer.label if customer else "")
    mine = user is not None and user.pk == row.organiser_id
    answer = Attendee.Answer.ACCEPTED if mine else Attendee.Answer.WAITING
    return Attendee(meeting=row, user=user, customer=customer, address=address, name=name[:200], answer=answer)


def _changed_guests(row: Meeting, guests: Sequence[Guest]) -> bool:
    wanted = {_key(_attendee(row, guest)) for guest in guests}
    there = {_key(one): one for one in row.attendees.all()}
    gone = [one.pk for key, one in there.items() if key not in wanted]
    if not gone and wanted == there.keys():
        return False
    Attendee.objects.filter(pk__in=gone).delete()
    _invite(row, guests)
    return True


def _planned(meeting: Meeting) -> Meeting:
    row = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not row.planned:
        raise NotPlanned(_("This meeting is not to come any more: %(state)s.") % {"state": row.get_state_display()})
    return row


def _begun(meeting: Meeting) -> Meeting:
    row = _planned(meeting)
    if clock.now() < row.starts_at:
        raise NotYet(_("This meeting has not begun yet."))
    return row


def _save(row: Meeting) -> None:
    row.sequence += 1
    row.updated_at = clock.now()
    row.save()
