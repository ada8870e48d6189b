"""The news of service. The subject is the ticket, unless it says otherwise; `number` is as people say it: T-1042."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event

GROUP = "tickets"


@event("service.ticket_opened", _("Ticket opened"), _("asked {number}: {subject}"), group=GROUP, icon="ticket",
       personal=("subject",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class TicketOpened(Event):
    """A ticket was opened; `follows` is the number of the one that it follows up on."""

    number: str
    subject: str
    type: str
    channel: str = ""
    follows: str = ""


@event("service.ticket_changed", _("Ticket changed"), _("{number}: {summary}"), group=GROUP, icon="pencil",
       personal=("changes",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketChanged(Event):
    """Fields of a ticket changed. `changes` maps each to its old and new value, `version` is the ticket's after it."""

    number: str
    summary: str
    version: int
    changes: dict[str, list[Any]] = field(default_factory=dict)


@event("service.ticket_assigned", _("Ticket assigned"), _("{number} is with {owner}"), group=GROUP, icon="user-check",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketAssigned(Event):
    """A ticket got another owner, or none. `why` is hand, taken, released, queue or how routing chose."""

    number: str
    owner: str = ""
    owner_id: UUID | None = None
    before_id: UUID | None = None
    why: str = "hand"


@event("service.ticket_queued", _("Ticket moved to a queue"), _("{number} is in {queue}"), group=GROUP, icon="stack-2",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketQueued(Event):
    """A ticket was moved to another queue."""

    number: str
    queue: str = ""
    queue_id: UUID | None = None
    before: str = ""


@event("service.status_changed", _("Status of a ticket changed"), _("{number}: {status}"), group=GROUP,
       icon="progress", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class StatusChanged(Event):
    """A ticket got another status, without being solved, closed or opened again by it."""

    number: str
    status: str
    category: str
    before: str


@event("service.ticket_solved", _("Ticket solved"), _("{number} was solved: {subject}"), group=GROUP,
       icon="circle-check", personal=("subject",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class TicketSolved(Event):
    """A ticket was solved."""

    number: str
    subject: str
    status: str
    owner_id: UUID | None = None


@event("service.ticket_reopened", _("Ticket opened again"), _("{number} was opened again: {subject}"), group=GROUP,
       icon="rotate", personal=("subject",))  # fmt: skip
@dataclass(frozen=True)
class TicketReopened(Event):
    """A ticket that was solved or closed is open again. `because` is hand or message."""

    number: str
    subject: str
    status: str
    because: str = "hand"


@event("service.ticket_closed", _("Ticket closed"), _("{number} was closed"), group=GROUP, icon="archive",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketClosed(Event):
    """A ticket was closed."""

    number: str
    status: str


@event("service.first_answered", _("Ticket first answered"), _("{number} was answered"), group=GROUP,
       icon="message-reply", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class FirstAnswered(Event):
    """Somebody of the staff answered a ticket for the first time, so many seconds after it was opened."""

    number: str
    seconds: int


@event("service.answered", _("Ticket answered"), _("{number} was answered"), group=GROUP, icon="message-reply",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketAnswered(Event):
    """Somebody of the staff answered a ticket: from now on the customer does not wait for us."""

    number: str
    seconds_waited: int | None = None


@event("service.ticket_waits", _("Customer waits"), _("waits for an answer to {number}"), group=GROUP, icon="hourglass",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class CustomerWaits(Event):
    """A customer wrote and now waits for an answer."""

    number: str


@event("service.ticket_trashed", _("Ticket moved to the trash"), _("{number} was moved to the trash"), group=GROUP,
       icon="trash", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketTrashed(Event):
    """A ticket was moved to the trash."""

    number: str


@event("service.ticket_restored", _("Ticket restored"), _("{number} was restored from the trash"), group=GROUP,
       icon="restore", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketRestored(Event):
    """A ticket came back from the trash."""

    number: str


@event("service.ticket_merged", _("Ticket merged"), _("{number} was merged into {into}"), group=GROUP,
       icon="arrow-merge")  # fmt: skip
@dataclass(frozen=True)
class TicketMerged(Event):
    """A ticket was merged into another one, where its talk goes on. `before` is what it was like, for the audit."""

    number: str
    into: str
    into_id: UUID
    before: dict[str, Any] = field(default_factory=dict)


@event("service.ticket_unmerged", _("Ticket un-merged"), _("{number} was taken out of {into} again"), group=GROUP,
       icon="arrows-split")  # fmt: skip
@dataclass(frozen=True)
class TicketUnmerged(Event):
    """A ticket that had been merged into another one stands by itself again."""

    number: str
    into: str
    into_id: UUID


@event("service.ticket_split", _("Ticket split"), _("{made} was split off {number}"), group=GROUP, icon="arrows-split",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketSplit(Event):
    """Messages of a ticket became a ticket of their own."""

    number: str
    made: str
    made_id: UUID
    messages: int


@event("service.ticket_linked", _("Ticket linked"), _("{number} has to do with {other}"), group=GROUP, icon="link",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TicketLinked(Event):
    """A ticket was linked to another, or (`what` is removed) the link was taken away; `kind` may be parent."""

    number: str
    other: str
    kind: str
    what: str = "added"


@event("service.ticket_watched", _("Watchers changed"), _("{number}: {who} {what}"), group=GROUP, icon="eye",
       personal=("who",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class WatchersChanged(Event):
    """Somebody watches a ticket (`what` is added) or does so no longer (removed)."""

    number: str
    who: str
    what: str


@event("service.macro_run", _("Macro run"), _("{number}: macro {name}"), group=GROUP, icon="player-play",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class MacroRun(Event):
    """The steps of a macro were done to a ticket."""

    number: str
    name: str
    steps: int


@event("service.checklist_changed", _("Checklist changed"), _("{number}: {text} {what}"), group=GROUP,
       icon="list-check", personal=("text",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ChecklistChanged(Event):
    """A point of a checklist was added, done, undone or removed."""

    number: str
    text: str
    what: str


@event("service.time_spent", _("Time spent"), _("{number}: {minutes} minutes"), group=GROUP, icon="clock",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class TimeSpent(Event):
    """Somebody spent time on a ticket, or (`what` is removed) an entry was taken back."""

    number: str
    minutes: int
    activity: str = ""
    what: str = "added"


@event("service.complaint_recorded", _("Complaint recorded"), _("complained ({cause_label}): {subject}"), group=GROUP,
       icon="mood-sad", personal=("subject",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class ComplaintRecorded(Event):
    """What caused a complaint was recorded."""

    number: str
    subject: str
    cause: str
    cause_label: str


@event("service.amends_made", _("Amends made"), _("amends for {number}: {what}"), group=GROUP, icon="gift",
       personal=("what",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class AmendsMade(Event):
    """Something was done to make good for a complaint; money is in minor units of `currency`."""

    number: str
    kind: str
    what: str
    amount_minor: int = 0
    currency: str = ""
    points: int = 0


@event("service.recovery_judged", _("Recovery judged"), _("after {number}: {outcome_label}"), group=GROUP,
       icon="heart-handshake", personal=("reason",))  # fmt: skip
@dataclass(frozen=True)
class RecoveryJudged(Event):
    """It was told whether the relationship recovered from a complaint."""

    number: str
    outcome: str
    outcome_label: str
    reason: str = ""


@event("service.product_wanted", _("Product wanted"), _("is looking for {product}"), group=GROUP, icon="search",
       personal=("what",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class ProductWanted(Event):
    """A customer asked us to find something; `sku` is the product it was tied to."""

    number: str
    product: str
    sku: str = ""
    what: str = ""


@event("service.product_found", _("Product found"), _("was told about {product}"), group=GROUP, icon="package",
       direction="out")  # fmt: skip
@dataclass(frozen=True)
class ProductFound(Event):
    """What a customer had asked us to find was found."""

    number: str
    product: str
    sku: str = ""


@event("service.offer_ended", _("Offer ended"), _("{number}: {user} {end}"), group=GROUP, icon="user-question",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class OfferEnded(Event):
    """A ticket that routing gave to somebody was accepted, passed on, or not accepted in time (`end`)."""

    number: str
    user: str
    end: str


@event("service.agent_away", _("Colleague away"), _("{name} is away"), group="team", icon="coffee", timeline=False)
@dataclass(frozen=True)
class AgentAway(Event):
    """A colleague gets no tickets for now. The subject is the agent."""

    name: str
    reason: str = ""


@event("service.agent_back", _("Colleague back"), _("{name} is back"), group="team", icon="user-up", timeline=False)
@dataclass(frozen=True)
class AgentBack(Event):
    """A colleague takes tickets again. The subject is the agent."""

    name: str
    user_id: UUID | None = None


@event("service.setting_changed", _("Service setting changed"), _("{what} the {noun} {name}"), group="team",
       icon="settings", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class ServiceSettingChanged(Event):
    """A status, a queue, a macro, a canned answer or a template was added, changed, archived or brought back."""

    noun: str
    name: str
    what: str


@event("service.clock_warned", _("Time runs out"), _("{number}: {level} % of the time until {aim} has passed"),
       group=GROUP, icon="alarm", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ClockWarned(Event):
    """So many per cent (`level`) of a target's time have passed; told once for each level of a clock."""

    number: str
    aim: str
    level: int
    due: str
    owner_id: UUID | None = None
    queue_id: UUID | None = None


@event("service.clock_breached", _("Target missed"), _("{number}: too late for {aim}"), group=GROUP,
       icon="alert-triangle", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ClockBreached(Event):
    """The time of a target is over; told once for each clock."""

    number: str
    aim: str
    due: str
    owner_id: UUID | None = None
    queue_id: UUID | None = None


@event("service.calendar_changed", _("Calendar changed"), _("{what} the calendar {name}"), group="team",
       icon="calendar-cog", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class CalendarChanged(Event):
    """A calendar was added, changed or removed. The subject is the calendar."""

    name: str
    what: str


@event("service.sla_policy_changed", _("SLA policy changed"), _("{what} the SLA policy {name}"), group="team",
       icon="clock-cog", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class SlaPolicyChanged(Event):
    """An SLA policy was added, changed, moved or removed. The subject is the policy."""

    name: str
    what: str
