"""What segments there are: making, changing, archiving and removing them, and asking who is in one now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import All, dump, text
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.marketing import naming
from rapport.marketing.events import SegmentAsked, SegmentChanged
from rapport.marketing.models import Segment
from rapport.marketing.permissions import CHANGE
from rapport.marketing.queries import used_in
from rapport.team.models import User
from rapport.team.queries import organisation

PLAIN = frozenset({"name", "description", "owner"})
DEFINING = 7_201_304_131
"""The advisory lock that lets one segment at a time be changed: two that come to name each other would be a circle."""


class NameTaken(ValueError):
    """There is a segment of this name already."""


class Nameless(ValueError):
    """A segment needs a name, by which conditions name it."""


class AsksNothing(ValueError):
    """A condition that everybody meets says nothing of what customers have in common."""


class UnknownField(ValueError):
    """A segment has no such field, or its kind has none."""


class InUse(ValueError):
    """A segment that others name can't go; `names` says who does."""

    def __init__(self, names: list[str]) -> None:
        listed = ", ".join(names[:5])
        super().__init__(_("It is used in %(names)s. Take it out there first.") % {"names": listed})
        self.names = names


class Archived(ValueError):
    """A segment in the archive is not changed; it has to be restored first."""


@verb(CHANGE, publishes=(SegmentChanged,))
def create(
    name: str, *, by: Actor, condition: str | None = None, description: str = "", owner: User | None = None
) -> Segment:
    """Make a segment of those who meet `condition` (in its text form), or with None a list to choose them for.

    Who is in it is worked out in a moment. Raises `Nameless`, `NameTaken`, `AsksNothing`, and the `ConditionError` of
    the condition.
    """
    kind = Segment.Kind.STATIC if condition is None else Segment.Kind.DYNAMIC
    now = clock.now()
    row = Segment(kind=kind, created_at=now, updated_at=now, asked_at=now)
    _fill(row, {"name": name, "description": description, "owner": owner})
    if condition is not None:
        _ask_for(row, condition, by)
    else:
        row.asked_at, row.computed_at = None, now
    return _saved(row, "created", by, force_insert=True)


@verb(CHANGE, publishes=(SegmentChanged,))
def change(segment: Segment, *, by: Actor, condition: str | None = None, **values: Any) -> Segment:
    """Give a segment other values (name, description, owner), and a dynamic one another condition.

    Raises as `create` does, `InCircle` where the condition leads back to the segment, `Archived`, `UnknownField`.
    """
    row = _locked(segment)
    if row.archived_at:
        raise Archived(_("It is archived. Restore it first."))
    before = row.text
    _fill(row, values)
    if condition is not None:
        if not row.dynamic:
            raise UnknownField(_("A chosen list has no condition."))
        _ask_for(row, condition, by)
    if row.text != before:
        row.asked_at = clock.now()
    return _saved(row, "changed", by)


@verb(CHANGE, publishes=(SegmentChanged,))
def archive(segment: Segment, *, by: Actor) -> Segment:
    """Put a segment away: it is worked out no more and can't be named. Raises `InUse`."""
    row = _locked(segment)
    if row.archived_at:
        return row
    _refuse_use(row)
    row.archived_at = clock.now()
    return _saved(row, "archived", by)


@verb(CHANGE, publishes=(SegmentChanged,))
def restore(segment: Segment, *, by: Actor) -> Segment:
    """Take a segment out of the archive; who is in it is worked out anew."""
    row = _locked(segment)
    if row.archived_at is None:
        return row
    row.archived_at, row.asked_at = None, clock.now()
    return _saved(row, "restored", by)


@verb(CHANGE, publishes=(SegmentChanged,))
def remove(segment: Segment, *, by: Actor) -> None:
    """Remove a segment for good, with who was in it when. Raises `InUse`."""
    row = _locked(segment)
    _refuse_use(row)
    publish(SegmentChanged(name=row.name, what="removed"), by=by, subject=row)
    row.delete()


@verb(CHANGE, publishes=(SegmentAsked,))
def ask(segment: Segment, *, by: Actor) -> Segment:
    """Ask who is in a segment now: it is worked out in a moment, once however often it is asked. Raises `Archived`."""
    row = _locked(segment)
    if row.archived_at:
        raise Archived(_("It is archived. Restore it first."))
    if row.asked_at is None:
        row.asked_at = clock.now()
        row.save(update_fields=["asked_at"])
        publish(SegmentAsked(name=row.name), by=by, subject=row)
    return row


def _locked(segment: Segment) -> Segment:
    """Return the segment as it is now, locked. What one says of another holds until this is done: one is defined at
    a time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DEFINING])
    return Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)


def _fill(row: Segment, values: Mapping[str, Any]) -> None:
    if unknown := set(values) - PLAIN:
        raise UnknownField(_("A segment has no %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in values.items():
        setattr(row, name, value)
    row.name = " ".join(row.name.split())[:80]
    row.description = row.description.strip()[:300]
    if not row.name:
        raise Nameless(_("A segment needs a name."))


def _ask_for(row: Segment, condition: str, by: Actor) -> None:
    tree = naming.understood(condition, by, zone=organisation().zone, of=None if row._state.adding else row.pk)
    if tree == All():
        raise AsksNothing(_("Say what they have in common: add a condition."))
    row.condition, row.text = dump(tree), text(tree)


def _refuse_use(row: Segment) -> None:
    if names := [f"{one.label} “{one.name}”" for one in used_in(row)]:
        raise InUse(names)


def _saved(row: Segment, what: str, by: Actor, **how: Any) -> Segment:
    row.updated_at = clock.now()
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as error:
        raise NameTaken(_("There is a segment %(name)s already.") % {"name": row.name}) from error
    publish(SegmentChanged(name=row.name, what=what), by=by, subject=row)
    return row
