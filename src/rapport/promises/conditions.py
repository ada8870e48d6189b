"""What conditions can ask of promises, and of customers about the promises made to them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.customers.conditions import staff
from rapport.kernel.conditions import All, Field, Is, News, Op, Relation, Type, register
from rapport.kernel.conditions.values import Now
from rapport.promises.models import Promise
from rapport.promises.permissions import VIEW

GROUP = _("Promises")
OPEN = Is(field="outcome", op=Op.EMPTY)
OVERDUE = All(of=(OPEN, Is(field="late_from", op=Op.LE, value=Now())))
DUE_DAY = Coalesce(F("due_on"), TruncDate("due_at"))


def _due_day(promise: Promise) -> date | None:
    return promise.due_on or (timezone.localtime(promise.due_at).date() if promise.due_at else None)


register(
    "promise",
    model="promises.Promise",
    label=_("Promise"),
    news=News(there="subject_id"),
    fields=[
        Field("what", _("What"), Type.TEXT),
        Field("kind", _("Kind"), Type.CHOICE, choices=Promise.Kind.choices),
        Field("outcome", _("Outcome"), Type.CHOICE, choices=Promise.Outcome.choices, help=_("Empty while it is open.")),
        Field("due", _("Due"), Type.DATE, orm=DUE_DAY, python=_due_day, lake="due_day",
              help=_("The day by which it is due.")),
        Field("late_from", _("Late from"), Type.DATETIME, orm="due_until",
              help=_("The first moment at which it is no longer in time.")),
        Field("made", _("Made"), Type.DATETIME, orm="made_at"),
        Field("fulfilled", _("Fulfilled"), Type.DATETIME, orm="fulfilled_at"),
        Field("ended", _("Ended"), Type.DATETIME, orm="ended_at"),
        Field("maker", _("Made by"), Type.CHOICE, orm="maker_id", key=UUID, choices=staff),
        Field("source", _("Comes from"), Type.TEXT, orm="source_label"),
        Field("reason", _("Reason of its end"), Type.TEXT, orm="ended_because"),
        Field("weight", _("Weight"), Type.NUMBER, whole=True),
    ],
    relations=[Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False)],
)  # fmt: skip
register(
    "customer",
    relations=[
        Relation("promises", _("Promises"), "promise", there="customer_id", attr="promises", group=GROUP, right=VIEW),
        Relation("open_promises", _("Open promises"), "promise", there="customer_id", attr="promises", only=OPEN,
                 group=GROUP, right=VIEW),
        Relation("late_promises", _("Overdue promises"), "promise", there="customer_id", attr="promises", only=OVERDUE,
                 group=GROUP, right=VIEW),
    ],
)  # fmt: skip
