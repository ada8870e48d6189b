from rapport.service.models.queue import Agent, Intake, Queue, QueueMember
from rapport.service.models.recovery import Amends, Recovery
from rapport.service.models.status import ENDED, LIVE, Status
from rapport.service.models.talk import Merge, Offer, TicketLink, TicketThread, Watcher
from rapport.service.models.texts import CannedAnswer, Macro, TicketTemplate
from rapport.service.models.ticket import RUNNING, STANDING, OfTicket, StatusSpan, Ticket
from rapport.service.models.work import ChecklistItem, TimeEntry

__all__ = [
    "ENDED",
    "LIVE",
    "RUNNING",
    "STANDING",
    "Agent",
    "Amends",
    "CannedAnswer",
    "ChecklistItem",
    "Intake",
    "Macro",
    "Merge",
    "OfTicket",
    "Offer",
    "Queue",
    "QueueMember",
    "Recovery",
    "Status",
    "StatusSpan",
    "Ticket",
    "TicketLink",
    "TicketTemplate",
    "TicketThread",
    "TimeEntry",
    "Watcher",
]
