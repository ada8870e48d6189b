"""What an entry of a calendar means for meetings here. The server's version counts."""

from __future__ import annotations

from contextlib import suppress

from rapport.connectors.caldav.models import DONE, Account, Item
from rapport.connectors.caldav.reading import Entry
from rapport.conversations.services.people import normal_address
from rapport.conversations.services.senders import known
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.meetings.models import Meeting
from rapport.meetings.services import meetings
from rapport.meetings.services.meetings import Guest


def take(account: Account, item: Item, entry: Entry, *, by: Actor) -> None:
    """Let the meeting of an entry be as the entry says, and note which one it is.

    A meeting of ours follows the calendar of its organiser alone. An entry with a customer among its people, that is
    neither private nor declined, becomes a meeting of theirs.
    """
    row = item.meeting or Meeting.objects.filter(uid=entry.uid).first()
    if row is not None:
        if row.origin != Meeting.Origin.CALENDAR or row.organiser_id == account.user_id:
            item.meeting = row
        if row.organiser_id == account.user_id and row.planned:
            _follow(row, entry, by)
            row.refresh_from_db()
        if item.meeting is not None:
            item.sequence = row.sequence
        return
    guests = [] if entry.private or entry.declined or entry.cancelled else _customers(entry)
    if guests:
        with suppress(meetings.NoTitle, meetings.NoLength, meetings.UnknownZone):
            item.meeting = meetings.plan(
                entry.title or guests[0].name, by=by, starts_at=entry.starts_at, ends_at=entry.ends_at, zone=entry.zone,
                guests=[Guest(user=account.user), *guests], organiser=account.user, all_day=entry.all_day,
                origin=Meeting.Origin.CALENDAR, uid=entry.uid, rrule=entry.rrule, place=entry.place,
                remind_minutes=None,
            )  # fmt: skip
            item.sequence = item.meeting.sequence


def lost(account: Account, item: Item, *, by: Actor) -> None:
    """Take note that an entry is gone from the server.

    With its organiser's entry a meeting to come is called off; what a guest deleted, or is over, is not written again.
    """
    row = item.meeting
    if row is not None and (row.organiser_id != account.user_id or row.over(clock.now())):
        Item.objects.filter(pk=item.pk).update(sequence=DONE, etag="")
        return
    if row is not None:
        with suppress(meetings.NotPlanned):
            meetings.cancel(row, by=by)
    item.delete()


def _follow(row: Meeting, entry: Entry, by: Actor) -> None:
    with suppress(meetings.NotPlanned, meetings.NoTitle, meetings.NoLength, meetings.UnknownZone):
        if entry.cancelled:
            meetings.cancel(row, by=by)
            return
        moved = (row.starts_at, row.ends_at, row.all_day) != (entry.starts_at, entry.ends_at, entry.all_day)
        if moved:
            meetings.move(
                row, by=by, starts_at=entry.starts_at, ends_at=entry.ends_at, zone=entry.zone, all_day=entry.all_day
            )
        place = row.place if entry.place == row.video_url else entry.place
        meetings.change(row, by=by, title=entry.title or row.title, place=place, private=entry.private)
        if row.rrule != entry.rrule:
            Meeting.objects.filter(pk=row.pk).update(rrule=entry.rrule)


def _customers(entry: Entry) -> list[Guest]:
    """Return the people of an entry, when a customer is among them."""
    people = [(normal_address(address), name) for address, name in entry.people]
    found = [Guest(address=address, name=name) for address, name in people if address]
    return found if any(known(guest.address) for guest in found) else []
