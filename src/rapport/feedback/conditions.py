"""What conditions can ask of reviews and survey answers, and of customers about theirs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.feedback.models import Answer
from rapport.feedback.permissions import VIEW
from rapport.kernel.conditions import All, Field, Is, News, Not, Op, Relation, Type, register

GROUP = _("Feedback")
GIVEN = Not(of=Is(field="answered", op=Op.EMPTY))
UNREPLIED = All(of=(GIVEN, Is(field="replied", op=Op.EMPTY)))

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
    ],
    relations=[
        Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False),
        Relation("order", _("Order"), "order", here="order_id", attr="order", many=False),
        Relation("product", _("Product"), "product", here="product_id", attr="product", many=False),
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
