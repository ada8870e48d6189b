"""Connecting a colleague's calendar, and letting it go."""

from __future__ import annotations

from rapport.connectors.caldav.models import Account
from rapport.connectors.caldav.server import Found
from rapport.kernel import clock, secrets
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.verbs import verb
from rapport.meetings.models import Meeting
from rapport.meetings.permissions import VIEW
from rapport.meetings.services import busy
from rapport.team.models import User


@verb(VIEW)
def connect(user: User, calendar: Found, *, url: str, username: str, password: str, by: Actor) -> Account:
    """Keep a calendar of one's own in step from now on, and return its account. One before it is let go."""
    disconnect(user, by=by)
    return Account.objects.create(
        user=user, url=url, username=username, secret=secrets.seal(password), calendar_url=calendar.url,
        calendar_name=calendar.name[:200], created_at=clock.now(),
    )  # fmt: skip


@verb(VIEW)
def disconnect(user: User, *, by: Actor) -> None:
    """Let a calendar go: what it told is forgotten, what stands there stays there."""
    row = Account.objects.filter(user=user).first()
    if row is None:
        return
    busy.forget(row.pk.hex, by=SYSTEM)
    read = row.items.filter(meeting__origin=Meeting.Origin.CALENDAR).values("meeting_id")
    Meeting.objects.filter(pk__in=read, state=Meeting.State.PLANNED).delete()
    row.delete()
