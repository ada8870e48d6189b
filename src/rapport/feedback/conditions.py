"""What conditions can ask of reviews and survey answers, and of customers about theirs."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.customers.conditions import staff
from rapport.feedback.models import Answer
from rapport.feedback.permissions import VIEW
from rapport.kernel.conditions import All, Field, Is, News, Not, Op, Relation, Type, register
from rapport.kernel.conditions.kept import keep
from rapport.service.conditions import queues
from rapport.service.permissions import VIEW as TICKETS

GROUP = _("Feedback")
GIVEN = Not(of=Is(field="answered", op=Op.EMPTY))
UNREPLIED = All(of=(GIVEN, Is(field="replied", op=Op.EMPTY), Is(field="closed", op=Op.EMPTY)))

register(
    "answer",
    model="feedback.Answer",
    label=_("Review or answer"),
    news=News(there="subject_id"),
    fields=[
        Field("kind", _("Kind"), Type.CHOICE, choices=Answer.Kind.choices),
        Field("score", _("Score"), Type.NUMBER),
        Field("highest", _("Highest score of the scale"), Type.NUMBER, orm="scale_high", whole=True),
        Field("title", _("Title"), Type.TEXT),
        Field("text", _("Text"), Type.TEXT),
        Field("asked", _("Asked"), Type.DATETIME, orm="asked_at"),
        Field("answered", _("Answered"), Type.DATETIME, orm="answered_at"),
        Field("replied", _("Replied to"), Type.DATETIME, orm="replied_at"),
        Field("closed", _("Closed"), Type.DATETIME, orm="closed_at"),
        Field("reasons", _("Reasons"), Type.CHOICES),
        Field("low_is_good", _("Less is better"), Type.BOOLEAN),
        Field("agent", _("Solved by"), Type.CHOICE, orm="agent_id", key=UUID, choices=staff),
        Field("queue", _("Queue"), Type.CHOICE, orm="queue_id", key=UUID, choices=queues),
    ],
    relations=[
        Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False),
        Relation("order", _("Order"), "order", here="order_id", attr="order", many=False),
        Relation("product", _("Product"), "product", here="product_id", attr="product", many=False),
        Relation("ticket", _("Ticket"), "ticket", here="ticket_id", attr="ticket", many=False, right=TICKETS),
    ],
)
register(
    "ticket",
    relations=[
        Relation(
            "feedback", _("Feedback"), "answer", there="ticket_id", attr="feedback", only=GIVEN, group=GROUP, right=VIEW
        ),
    ],
)
register(
    "customer",
    relations=[
        Relation("answers", _("Reviews and answers"), "answer", there="customer_id", attr="answers", only=GIVEN,
                 group=GROUP, right=VIEW),
        Relation("unreplied", _("Feedback without a reply"), "answer", there="customer_id", attr="answers",
                 only=UNREPLIED, group=GROUP, right=VIEW),
    ],
)  # fmt: skip
keep("feedback.Survey", _("Survey"))
