"""Booking by visitors: a time that is free for a host becomes a meeting, and nobody is booked twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

from rapport.conversations.policy import LEAD
from rapport.conversations.policy import Policy as Talk
from rapport.conversations.services.people import normal_address
from rapport.conversations.services.senders import is_role, known
from rapport.customers.models import Customer
from rapport.customers.services import customers
from rapport.customers.services.customers import NewIdentity
from rapport.customers.services.identities import IdentityTaken
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.meetings import queries
from rapport.meetings.events import InvitationAnswered, MeetingCancelled, MeetingMoved, MeetingPlanned
from rapport.meetings.models import Meeting, MeetingType
from rapport.meetings.permissions import BOOK
from rapport.meetings.policy import new_room
from rapport.meetings.services import meetings
from rapport.meetings.services.meetings import Guest
from rapport.team.models import User
from rapport.team.queries import organisation

SALT = "rapport.meetings.booking"


class Taken(ValueError):
    """The time is not free, or not any more."""


class NotOffered(ValueError):
    """This kind of meeting is not offered now."""


class BadLink(ValueError):
    """The link leads to no meeting that was booked."""


@verb(BOOK, publishes=(MeetingPlanned,))
def book(
    kind: MeetingType, at: datetime, *, name: str, address: str, by: Actor, answers: dict[str, str] | None = None,
    zone: str = "", customer: Customer | None = None, phone: str = "", page: str = "",
) -> Meeting:  # fmt: skip
    """Book a time with a host who is free then, and return the meeting. Raises `NotOffered`, `Taken`.

    Whoever books proves nothing: without `customer` (who signed in) an address that is a customer's puts the meeting
    on their timeline and changes nothing of them; an unknown one becomes a lead by the firm's policy. `page` is the
    address of the site below which bookings are managed ("https://crm.example.com/book/mine/").
    """
    row = MeetingType.objects.select_related("calendar").get(pk=kind.pk)
    if row.offered_at is None:
        raise NotOffered(_("This meeting is not offered now."))
    host = _host(row, at)
    plain = normal_address(address)
    whose = customer or _customer(plain, name, by)
    guests = [Guest(user=host), Guest(address=plain, name=name, customer=whose)]
    agenda = "\n\n".join(f"{question}\n{said}" for question, said in (answers or {}).items() if said)
    video = new_room() if row.place_kind == MeetingType.Place.VIDEO else ""
    place = phone if row.place_kind == MeetingType.Place.PHONE else row.place
    made = meetings.plan(
        f"{row.name}: {name}"[:200], by=by.with_everything(), starts_at=at, ends_at=at + row.length,
        zone=zone or row.timetable().zone.key, guests=guests, organiser=host, kind=row,
        origin=Meeting.Origin.BOOKING, agenda=agenda, video_url=video, place=place,
    )  # fmt: skip
    if page:
        made.manage_url = f"{page}{token(made)}/"
        made.save(update_fields=["manage_url"])
    return made


@verb(BOOK, publishes=(MeetingMoved,))
def rebook(meeting: Meeting, at: datetime, *, by: Actor) -> Meeting:
    """Give a booked meeting another free time of its host. Raises `Taken`, `NotOffered`, `meetings.NotPlanned`."""
    row = Meeting.objects.select_related("kind__calendar").get(pk=meeting.pk)
    if row.kind is None or row.organiser_id is None:
        raise NotOffered(_("This meeting is not offered now."))
    meetings.hold_hosts([row.organiser_id])
    if at not in queries.free_of(row.kind, row.organiser_id, at, at + queries.INSTANT, leaving=row.pk):
        raise Taken(_("This time is not free any more. Choose another one, please."))
    length = row.ends_at - row.starts_at
    return meetings.move(row, by=by.with_everything(), starts_at=at, ends_at=at + length)


@verb(BOOK, publishes=(MeetingCancelled, InvitationAnswered))
def call_off(meeting: Meeting, *, by: Actor, reason: str = "") -> Meeting:
    """Cancel what was booked, as whoever booked it. Raises `meetings.NotPlanned`."""
    return meetings.cancel(meeting, by=by.with_everything(), reason=reason)


def token(meeting: Meeting) -> str:
    """Return the token by which whoever booked a meeting moves or cancels it."""
    return signing.dumps(meeting.pk.hex, salt=SALT)


def booked_with(given: str) -> Meeting:
    """Return the meeting of a token. Raises `BadLink`."""
    try:
        key = UUID(signing.loads(given, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadLink(_("This link leads to no meeting.")) from error
    found = Meeting.objects.select_related("kind__calendar", "organiser").filter(pk=key, origin=Meeting.Origin.BOOKING)
    meeting = found.first()
    if meeting is None:
        raise BadLink(_("This link leads to no meeting."))
    return meeting


def _host(row: MeetingType, at: datetime) -> User:
    """Return the host who is free at `at`: of several the one with the fewest meetings of this kind around then."""
    hosts = queries.hosts(row)
    meetings.hold_hosts([host.pk for host in hosts])
    free = [host for host in hosts if at in queries.free_of(row, host.pk, at, at + queries.INSTANT)]
    if not free:
        raise Taken(_("This time is not free any more. Choose another one, please."))
    load = queries.load_of(row, at - timedelta(days=30), at + timedelta(days=30))
    return min(free, key=lambda host: (load.get(host.pk, 0), host.name, host.pk))


def _customer(address: str, name: str, by: Actor) -> Customer | None:
    """Return the customer with an address, else the lead that its owner becomes by the firm's policy."""
    if found := known(address):
        return Customer.objects.filter(pk=found, deleted_at__isnull=True).first()
    if not address or is_role(address) or User.objects.filter(email__iexact=address).exists():
        return None
    if Talk.of(organisation().policy).unknown_sender != LEAD:
        return None
    try:
        return customers.create(
            by=by.with_everything(), name=name, identities=[NewIdentity("email", address)],
            stage=Customer.Stage.LEAD, source="booking",
        )  # fmt: skip
    except IdentityTaken as taken:  # somebody was first, a moment ago
        return taken.holder
