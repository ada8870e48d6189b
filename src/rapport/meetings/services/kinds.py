"""What can be booked: added, changed, offered or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.meetings.events import MeetingTypeChanged
from rapport.meetings.models import MeetingType
from rapport.meetings.permissions import MANAGE
from rapport.team.models import User

EDITABLE = frozenset(
    {
        "name", "slug", "description", "minutes", "buffer_before", "buffer_after", "notice_hours", "horizon_days",
        "per_day", "calendar", "zone", "hours", "place_kind", "place", "questions",
    }
)  # fmt: skip


class SlugTaken(ValueError):
    """Another kind of meeting has this address."""


class NobodyHosts(ValueError):
    """Somebody has to hold the meeting."""


@verb(MANAGE, publishes=(MeetingTypeChanged,))
def add(*, by: Actor, hosts: Sequence[User], **values: Any) -> MeetingType:
    """Offer a kind of meeting and return it. Raises `SlugTaken`, `NobodyHosts`, `NoOpenHours`."""
    at = clock.now()
    row = MeetingType(created_at=at, offered_at=at, **{key: values[key] for key in values if key in EDITABLE})
    return _saved(row, hosts, "added", by)


@verb(MANAGE, publishes=(MeetingTypeChanged,))
def change(kind: MeetingType, *, by: Actor, hosts: Sequence[User], **values: Any) -> MeetingType:
    """Change a kind of meeting; what was booked stays as it is. Raises as `add`."""
    row = MeetingType.objects.select_for_update().get(pk=kind.pk)
    for key in values.keys() & EDITABLE:
        setattr(row, key, values[key])
    return _saved(row, hosts, "changed", by)


@verb(MANAGE, publishes=(MeetingTypeChanged,))
def offer(kind: MeetingType, *, offered: bool, by: Actor) -> MeetingType:
    """Let a kind of meeting be booked, or no longer."""
    row = MeetingType.objects.select_for_update().get(pk=kind.pk)
    row.offered_at = (row.offered_at or clock.now()) if offered else None
    row.save(update_fields=["offered_at"])
    publish(MeetingTypeChanged(name=row.name, what="offered" if offered else "closed"), by=by, subject=row)
    return row


def _saved(row: MeetingType, hosts: Sequence[User], what: str, by: Actor) -> MeetingType:
    if not hosts:
        raise NobodyHosts(_("Choose at least one colleague."))
    row.timetable()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise SlugTaken(_("Another kind of meeting has this address.")) from error
    row.hosts.set(hosts)
    publish(MeetingTypeChanged(name=row.name, what=what), by=by, subject=row)
    return row
