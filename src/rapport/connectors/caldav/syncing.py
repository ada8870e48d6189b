"""Keeping a calendar in step: first what changed there comes here, then what changed here goes there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from rapport.connectors.caldav import reading, taking
from rapport.connectors.caldav.models import DONE, Account, Item
from rapport.connectors.caldav.server import Away, Newer, Server, WrongPassword, connection
from rapport.kernel import clock, secrets
from rapport.kernel.actors import SYSTEM, Actor
from rapport.meetings import ics
from rapport.meetings.models import Meeting
from rapport.meetings.queries import of_user
from rapport.meetings.services import busy

BACK, AHEAD = timedelta(days=30), timedelta(days=400)
AGAIN = timedelta(days=7)
AT_ONCE = 200


def sync(key: UUID) -> str:
    """Bring one calendar in step and return what went wrong, in plain words, "" when nothing did."""
    account = Account.objects.select_related("user").filter(pk=key, paused=False, user__deactivated_at=None).first()
    if account is None:
        return ""
    with _alone(key) as alone:
        return _synced(account) if alone else ""


def _synced(account: Account) -> str:
    error, paused = "", False
    try:
        with connection(account.url, account.username, secrets.unseal(account.secret)) as client:
            server = Server(client, account.calendar_url)
            pull(account, server)
            push(account, server)
    except WrongPassword as refusal:
        error, paused = str(refusal), True
    except Away as refusal:
        error = str(refusal)
    except secrets.Unreadable:
        error, paused = _("The password cannot be read any more. Enter it again."), True
    values = {"error": error[:300], "paused": paused, **({} if error else {"synced_at": clock.now()})}
    Account.objects.filter(pk=account.pk).update(**values)
    return error


@contextmanager
def _alone(key: UUID) -> Iterator[bool]:
    """Tell whether nobody else brings this calendar in step now, and keep others from it for the time of the block."""
    number = key.int % 2**63
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        alone: bool = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        if alone:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def pull(account: Account, server: Server) -> int:
    """Take over what changed on the server since the last time, and return how many entries."""
    changes = server.changes(account.token)
    known = dict(account.items.values_list("href", "etag"))
    fresh = [href for href, etag in changes.etags.items() if known.get(href) != etag or not etag]
    count = 0
    for href, etag, data in server.read(fresh):
        with transaction.atomic():
            count += _take(account, href, etag, data)
    gone = known.keys() - changes.etags.keys() if changes.full else known.keys() & changes.gone
    for item in account.items.filter(href__in=gone, sequence__lt=DONE).select_related("meeting"):
        with transaction.atomic():
            taking.lost(account, item, by=actor(account))
            busy.forget(source(account, item.href), by=SYSTEM)
            count += 1
    _tell_again(account)
    account.token = changes.token
    account.save(update_fields=["token", "expanded_at"])
    return count


def push(account: Account, server: Server) -> int:
    """Write the meetings that the server does not have as they are now, and return how many.

    What somebody changed there meanwhile is left alone: the next time it is read, and counts.
    """
    written = 0
    for meeting in _unwritten(account):
        item = account.items.filter(meeting=meeting).first()
        href = item.href if item else f"{unquote(urlsplit(account.calendar_url).path).rstrip('/')}/{meeting.pk.hex}.ics"
        off = meeting.state == Meeting.State.CANCELLED
        try:
            if off:
                server.remove(href, etag=item.etag if item else "")
                etag = ""
            else:
                etag = server.write(href, ics.stored(meeting), etag=item.etag if item else "")
        except Newer:
            continue
        sequence = DONE if off else meeting.sequence
        Item.objects.update_or_create(
            account=account, meeting=meeting,
            defaults={"href": href, "etag": etag, "uid": meeting.uid, "sequence": sequence},
        )  # fmt: skip
        written += 1
    return written


def source(account: Account, href: str) -> str:
    """Return the name under which the busy times of an entry are kept."""
    return f"{account.pk.hex}:{hashlib.sha256(href.encode()).hexdigest()}"


def actor(account: Account) -> Actor:
    """Return who acts when a calendar is read: its owner, by way of the connector."""
    return replace(SYSTEM, name=account.user.name, user_id=account.user_id, via="connector")


def _unwritten(account: Account) -> list[Meeting]:
    """Return the meetings of an account's owner whose version is not on the server."""
    rows = Meeting.objects.filter(of_user(account.user_id), ends_at__gt=clock.now() - timedelta(days=1))
    rows = rows.exclude(origin=Meeting.Origin.CALENDAR)
    there = Item.objects.filter(account=account, meeting__isnull=False)
    current = there.filter(sequence__gte=F("meeting__sequence")).values("meeting_id")
    absent = Q(state=Meeting.State.CANCELLED) & ~Q(pk__in=there.values("meeting_id"))
    ids = rows.exclude(pk__in=current).exclude(absent).values("pk")
    return list(Meeting.objects.filter(pk__in=ids).order_by("starts_at", "id")[:AT_ONCE])


def _take(account: Account, href: str, etag: str, data: str) -> int:
    """Take over one entry; one that cannot be read stays as a mark, so that it is not read each time."""
    item = account.items.filter(href=href).select_related("meeting").first()
    if item is not None and item.sequence == DONE:
        return 0
    item = item or Item(account=account, href=href)
    item.etag, item.data = etag[:255], data
    try:
        entry = reading.read(data, owner=account.user.email, zone=account.user.zone)
    except reading.Unreadable:
        item.save()
        return 0
    item.uid = entry.uid
    taking.take(account, item, entry, by=actor(account))
    item.save()
    _spread(account, item)
    return 1


def _spread(account: Account, item: Item) -> None:
    """Tell when the owner is busy by an entry; a meeting that stands in the calendar by itself is not told twice."""
    now = clock.now()
    try:
        found = reading.spans(
            item.data, owner=account.user.email, zone=account.user.zone, start=now - BACK, end=now + AHEAD
        )
    except reading.Unreadable:
        found = []
    if item.meeting is not None:
        found = [one for one in found if one.starts_at != item.meeting.starts_at]
        if item.meeting.origin != Meeting.Origin.CALENDAR:
            found = []
    busy.replace(source(account, item.href), account.user, found, by=SYSTEM)


def _tell_again(account: Account) -> None:
    """Tell the times of series anew once a week: they go on, and the window moves."""
    now = clock.now()
    if account.expanded_at is not None and now - account.expanded_at < AGAIN:
        return
    for item in account.items.filter(data__contains="RRULE").select_related("meeting"):
        with transaction.atomic():
            _spread(account, item)
    account.expanded_at = now
