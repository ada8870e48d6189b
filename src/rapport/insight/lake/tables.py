"""Which tables the lake holds, with the columns it leaves out, and the days it adds in the organisation's zone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.postgres.search import SearchVectorField
from django.db import models

MICROSECOND = 1


@dataclass(frozen=True, slots=True)
class Day:
    """A column of days made from a column of moments; `shift` (microseconds) is added first."""

    name: str
    of: str
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Worked:
    """A column of whole numbers that the database works out from others as they are read."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table as the lake holds it: `model` is "app.Model".

    `without` names columns left out; `only`, if given, the ones that are copied. `worked` ones are added.
    """

    model: str
    days: tuple[Day, ...] = ()
    without: frozenset[str] = field(default_factory=frozenset)
    only: frozenset[str] = field(default_factory=frozenset)
    worked: tuple[Worked, ...] = ()

    @property
    def fields(self) -> list[models.Field[object, object]]:
        """The model's columns that are copied."""
        known = apps.get_model(self.model)._meta.concrete_fields
        return [f for f in known if not isinstance(f, SearchVectorField) and self._wants(f.column)]

    def _wants(self, column: str) -> bool:
        return column in self.only if self.only else column not in self.without

    @property
    def name(self) -> str:
        """The name of the table, in the database and in the lake."""
        name: str = apps.get_model(self.model)._meta.db_table
        return name

    @property
    def key(self) -> str:
        """The column of the primary key, a UUID; of several columns the first, which several rows may share."""
        column: str = apps.get_model(self.model)._meta.pk_fields[0].column
        return column

    @property
    def columns(self) -> list[str]:
        """What to select: decimals become floating point numbers, the rest stays as it is."""
        return [
            f'"{f.column}"::float8 AS "{f.column}"' if isinstance(f, models.DecimalField) else f'"{f.column}"'
            for f in self.fields
        ] + [f'({one.sql})::int4 AS "{one.name}"' for one in self.worked]


TICKET = (
    "id", "type", "category", "channel", "queue_id", "owner_id", "requester_id", "tags", "policy_id", "follows_id",
    "opened_at", "first_response_at", "answers", "merged_into_id", "deleted_at",
)  # fmt: skip
MESSAGE = ("id", "thread_id", "direction", "sender_kind", "author_id", "customer_id", "at", "sent_at", "automatic")
OURS = "CASE WHEN direction = 'out' AND sender_kind = 'agent' AND automatic = '' THEN {} END"
"""What people of the staff wrote to customers is measured; the text itself stays in the database."""

TABLES = (
    LakeTable("commerce.OrderLine"),
    LakeTable(
        "conversations.Message",
        (Day("on", "at"),),
        only=frozenset(MESSAGE),
        worked=(
            Worked("words", OURS.format("length(fresh_text) - length(replace(fresh_text, ' ', '')) + 1")),
            Worked("sentences", OURS.format("length(fresh_text) - length(translate(fresh_text, '.!?', ''))")),
        ),
    ),
    LakeTable("kernel.EventRecord", (Day("on", "at"),)),
    LakeTable("service.Clock", (Day("due_on", "due_at"), Day("stopped_on", "stopped_at")),
              only=frozenset({"id", "ticket_id", "aim", "minutes", "started_at", "due_at", "stopped_at", "end"})),
    LakeTable("service.StatusSpan", (Day("entered_on", "entered_at"),), frozenset({"status_id"})),
    LakeTable("service.Ticket", (Day("opened_on", "opened_at"), Day("answered_on", "first_response_at")),
              only=frozenset(TICKET)),
    LakeTable("service.TicketThread", (), frozenset({"added_at"})),
    LakeTable("conversations.Thread", (),
              only=frozenset({"id", "channel", "customer_id", "spam_at", "deleted_at", "created_at"})),
    LakeTable(
        "commerce.Order",
        (
            Day("placed_on", "placed_at"),
            Day("shipped_on", "shipped_at"),
            Day("delivered_on", "delivered_at"),
            Day("cancelled_on", "cancelled_at"),
        ),
        frozenset({"note", "custom"}),
    ),
    LakeTable("promises.Promise", (Day("due_day", "due_until", -MICROSECOND), Day("fulfilled_on", "fulfilled_at"))),
    LakeTable("commerce.Payment", (Day("paid_on", "paid_at"),)),
    LakeTable("customers.Customer", (Day("since_on", "since"),)),
    LakeTable("customers.Identity"),
    LakeTable(
        "feedback.Answer",
        (Day("answered_on", "answered_at"), Day("asked_on", "asked_at")),
        frozenset({"low_is_good"}),  # told by kind and scale
    ),
    LakeTable("commerce.CustomerTotals"),
    LakeTable("timeline.Touch"),
    LakeTable("timeline.Activity", (Day("on", "happened_at"),)),
    LakeTable("insight.Score", (), frozenset({"reasons", "kinds"})),
    LakeTable("insight.ScorePoint"),
    LakeTable("commerce.Product"),
    LakeTable("commerce.Refund", (Day("refunded_on", "refunded_at"),)),
    LakeTable("commerce.Shipment"),
    LakeTable("commerce.Return", (Day("asked_on", "asked_at"),)),
    LakeTable("commerce.ReturnLine"),
    LakeTable("marketing.Membership"),
    LakeTable("objects.Record"),
    LakeTable("customers.Consent"),
    LakeTable("customers.Affiliation"),
    LakeTable("customers.StageSpan"),
    LakeTable("service.Recovery", (Day("judged_on", "judged_at"),),
              only=frozenset({"id", "ticket_id", "cause", "outcome", "judged_at"})),
    LakeTable("service.Amends", (Day("made_on", "made_at"),), only=frozenset({"id", "ticket_id", "made_at"})),
    LakeTable("service.SlaPolicy", (), only=frozenset({"id", "calendar_id"})),
    LakeTable("service.Calendar", (), only=frozenset({"id", "zone", "hours"})),
    LakeTable("service.CalendarDay", (), only=frozenset({"id", "calendar_id", "day", "hours", "ignored_at"})),
    LakeTable("knowledge.Attempt", (Day("began_on", "began_at"),),
              only=frozenset({"id", "customer_id", "began_at", "solved_at", "sent_at"})),
    LakeTable("knowledge.Vote", (Day("on", "at"),), only=frozenset({"id", "translation_id", "score", "at"})),
)  # fmt: skip
"""Large ones first: the export works on several at a time."""


def schema_print() -> str:
    """Return a short print of all tables and columns; a lake with another one is built anew."""
    text = repr([(table.name, table.columns, table.days) for table in TABLES])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
