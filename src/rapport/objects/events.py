"""The news of custom objects. The subject is the record; whose it is has it on their timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("objects.type_changed", _("Custom object changed"), _("{what} the custom object {name}"), group="team",
       icon="box", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ObjectTypeChanged(Event):
    """A type of custom object, or one of its links, was added, changed, archived, restored or removed (`what`)."""

    key: str
    name: str
    what: str


@event("objects.record_added", _("Record added"), _("{type} {record} was added"), group="objects", icon="box",
       personal=("record",))  # fmt: skip
@dataclass(frozen=True)
class RecordAdded(Event):
    """A record was added: `type` is what its type is called, `key` how conditions and the API name that."""

    type: str
    key: str
    record: str


@event("objects.record_changed", _("Record changed"), _("{type} {record}: {summary}"), group="objects", icon="pencil",
       personal=("record", "changes"))  # fmt: skip
@dataclass(frozen=True)
class RecordChanged(Event):
    """Fields of a record changed. `changes` maps each field to its old and its new value."""

    type: str
    key: str
    record: str
    summary: str
    changes: dict[str, list[Any]] = field(default_factory=dict)


@event("objects.record_trashed", _("Record moved to the trash"), _("{type} {record} was moved to the trash"),
       group="objects", icon="trash", personal=("record",))  # fmt: skip
@dataclass(frozen=True)
class RecordTrashed(Event):
    """A record was moved to the trash, from which it can be restored for 30 days."""

    type: str
    key: str
    record: str


@event("objects.record_restored", _("Record restored"), _("{type} {record} was restored from the trash"),
       group="objects", icon="restore", personal=("record",))  # fmt: skip
@dataclass(frozen=True)
class RecordRestored(Event):
    """A record came back from the trash."""

    type: str
    key: str
    record: str


@event("objects.records_purged", _("Records deleted for good"), _("deleted {count} records for good"), group="team",
       icon="trash", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class RecordsPurged(Event):
    """Records that had been in the trash for 30 days, or whose type was removed, were deleted for good."""

    count: int
