"""What conditions can ask of tickets, and of customers about what they asked for."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Thread
from rapport.customers.conditions import staff
from rapport.kernel.conditions import Field, Is, News, Op, Relation, Type, register
from rapport.kernel.conditions.kept import keep
from rapport.kernel.conditions.tree import AnyOf
from rapport.service.models import Amends, Queue, Recovery, Status, Ticket
from rapport.service.permissions import VIEW

GROUP = _("Tickets")
ABOUT = _("About")
WHO = _("Who")
DATES = _("Dates")
CLOCKS = _("Clocks")
COMPLAINT = _("Complaint")


def queues() -> list[tuple[UUID, str]]:
    """Return id and name of every queue, archived ones last."""
    return list(Queue.objects.order_by("archived_at", "position", "name").values_list("pk", "name"))


def statuses() -> list[tuple[UUID, str]]:
    """Return id and name of every status, archived ones last."""
    return list(Status.objects.order_by("archived_at", "position", "name").values_list("pk", "name"))


RUNNING = AnyOf(of=tuple(Is(field="category", op=Op.EQ, value=one) for one in ("new", "open", "waiting")))

register(
    "ticket",
    model="service.Ticket",
    label=_("Ticket"),
    custom="custom",
    news=News(there="subject_id"),
    fields=[
        Field("number", _("Number"), Type.NUMBER, whole=True, group=ABOUT),
        Field("subject", _("Subject"), Type.TEXT, group=ABOUT),
        Field("type", _("Type"), Type.CHOICE, choices=Ticket.Type.choices, group=ABOUT),
        Field("category", _("State"), Type.CHOICE, choices=Status.Category.choices, group=ABOUT),
        Field("status", _("Status"), Type.CHOICE, orm="status_id", key=UUID, choices=statuses, group=ABOUT),
        Field("priority", _("Priority"), Type.CHOICE, choices=Ticket.Priority.choices, group=ABOUT),
        Field("channel", _("Channel"), Type.CHOICE, choices=Thread.Channel.choices, group=ABOUT),
        Field("tags", _("Tags"), Type.CHOICES, group=ABOUT),
        Field("queue", _("Queue"), Type.CHOICE, orm="queue_id", key=UUID, choices=queues, group=WHO),
        Field("owner", _("Owner"), Type.CHOICE, orm="owner_id", key=UUID, choices=staff, group=WHO),
        Field("opened", _("Opened"), Type.DATETIME, orm="opened_at", group=DATES),
        Field("updated", _("Changed"), Type.DATETIME, orm="updated_at", group=DATES),
        Field("assigned", _("Assigned"), Type.DATETIME, orm="assigned_at", group=DATES),
        Field("first_answered", _("First answered"), Type.DATETIME, orm="first_response_at", group=DATES),
        Field("solved", _("Solved"), Type.DATETIME, orm="solved_at", group=DATES),
        Field("closed", _("Closed"), Type.DATETIME, orm="closed_at", group=DATES),
        Field("waiting_since", _("Customer waits since"), Type.DATETIME, group=CLOCKS),
        Field("first_due", _("First answer due"), Type.DATETIME, orm="first_due_at", group=CLOCKS),
        Field("next_due", _("Next answer due"), Type.DATETIME, orm="next_due_at", group=CLOCKS),
        Field("solve_due", _("Solution due"), Type.DATETIME, orm="solve_due_at", group=CLOCKS),
        Field("next_breach", _("Next due"), Type.DATETIME, orm="next_breach_at", group=CLOCKS),
        Field("answers", _("Answers of ours"), Type.NUMBER, whole=True, group=CLOCKS),
        Field("reopened", _("Times opened again"), Type.NUMBER, whole=True, group=CLOCKS),
        Field("deleted", _("In the trash since"), Type.DATETIME, orm="deleted_at", group=DATES),
        Field("sample", _("Made up for the demonstration"), Type.BOOLEAN, group=ABOUT),
    ],
    relations=[
        Relation("customer", _("Customer"), "customer", here="requester_id", attr="requester", many=False, group=WHO),
        Relation("company", _("Company"), "customer", here="company_id", attr="company", many=False, group=WHO),
        Relation("order", _("Order"), "order", here="order_id", attr="order", many=False, group=ABOUT),
        Relation("product", _("Product"), "product", here="product_id", attr="product", many=False, group=ABOUT),
        Relation("recovery", _("Recovery"), "recovery", there="ticket_id", attr="recovery", many=False,
                 group=COMPLAINT),
        Relation("amends", _("Amends"), "amends", there="ticket_id", attr="amends", group=COMPLAINT),
    ],
)  # fmt: skip
register(
    "recovery",
    model="service.Recovery",
    label=_("Recovery"),
    fields=[
        Field("cause", _("Cause"), Type.CHOICE, choices=Recovery.Cause.choices),
        Field("outcome", _("Outcome"), Type.CHOICE, choices=Recovery.Outcome.choices),
        Field("follow_up", _("Look again on"), Type.DATE, orm="follow_up_on"),
        Field("score", _("Score"), Type.NUMBER, whole=True),
        Field("judged", _("Judged"), Type.DATETIME, orm="judged_at"),
    ],
    relations=[Relation("ticket", _("Ticket"), "ticket", here="ticket_id", attr="ticket", many=False)],
)
register(
    "amends",
    model="service.Amends",
    label=_("Amends"),
    fields=[
        Field("kind", _("Kind"), Type.CHOICE, choices=Amends.Kind.choices),
        Field("amount", _("Amount"), Type.MONEY, orm="amount_minor", currency="currency"),
        Field("points", _("Points"), Type.NUMBER, whole=True),
        Field("made", _("Made"), Type.DATETIME, orm="made_at"),
    ],
    relations=[Relation("ticket", _("Ticket"), "ticket", here="ticket_id", attr="ticket", many=False)],
)
register(
    "customer",
    relations=[
        Relation("tickets", _("Tickets"), "ticket", there="requester_id", attr="tickets", group=GROUP, right=VIEW),
        Relation("open_tickets", _("Open tickets"), "ticket", there="requester_id", attr="tickets", only=RUNNING,
                 group=GROUP, right=VIEW),
        Relation("company_tickets", _("Tickets of the company"), "ticket", there="company_id", attr="company_tickets",
                 group=GROUP, right=VIEW),
    ],
)  # fmt: skip
keep("service.SlaPolicy", _("SLA policy"))
