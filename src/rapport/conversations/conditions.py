"""What conditions can ask of threads and messages, and of customers about what was said with them."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Message, Thread
from rapport.conversations.permissions import VIEW
from rapport.customers.conditions import staff
from rapport.kernel.conditions import All, Field, Is, News, Op, Relation, Type, register

GROUP = _("Conversations")
DATES = _("Dates")
LIVE = All(of=(Is(field="spam", op=Op.EMPTY), Is(field="deleted", op=Op.EMPTY)))

register(
    "thread",
    model="conversations.Thread",
    label=_("Conversation"),
    news=News(there="subject_id"),
    fields=[
        Field("channel", _("Channel"), Type.CHOICE, choices=Thread.Channel.choices),
        Field("subject", _("Subject"), Type.TEXT),
        Field("assignee", _("Answered by"), Type.CHOICE, orm="assignee_id", key=UUID, choices=staff),
        Field("message_count", _("Messages"), Type.NUMBER, whole=True),
        Field("waiting_since", _("Waiting since"), Type.DATETIME, group=DATES,
              help=_("The first message that nobody answered.")),
        Field("last_message", _("Last message"), Type.DATETIME, orm="last_message_at", group=DATES),
        Field("last_in", _("Last message from the customer"), Type.DATETIME, orm="last_in_at", group=DATES),
        Field("last_out", _("Last message to the customer"), Type.DATETIME, orm="last_out_at", group=DATES),
        Field("started", _("Started"), Type.DATETIME, orm="created_at", group=DATES),
        Field("snoozed_until", _("Snoozed until"), Type.DATETIME, group=DATES),
        Field("spam", _("Marked as spam"), Type.DATETIME, orm="spam_at", group=DATES),
        Field("deleted", _("Deleted"), Type.DATETIME, orm="deleted_at", group=DATES),
    ],
    relations=[
        Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False),
        Relation("messages", _("Messages"), "message", there="thread_id", attr="messages"),
    ],
)  # fmt: skip
register(
    "message",
    model="conversations.Message",
    label=_("Message"),
    news=News(there="subject_id"),
    fields=[
        Field("direction", _("Direction"), Type.CHOICE, choices=Message.Direction.choices),
        Field("sender", _("Written by"), Type.CHOICE, orm="sender_kind", choices=Message.Sender.choices),
        Field("state", _("State"), Type.CHOICE, choices=Message.State.choices),
        Field("automatic", _("Automatic"), Type.CHOICE, choices=Message.Automatic.choices,
              help=_("Empty when a person wrote it.")),
        Field("subject", _("Subject"), Type.TEXT),
        Field("text", _("Text"), Type.TEXT, orm="fresh_text"),
        Field("from", _("Sender's address"), Type.TEXT, orm="from_address"),
        Field("at", _("Date"), Type.DATETIME),
        Field("sent", _("Sent"), Type.DATETIME, orm="sent_at"),
    ],
    relations=[Relation("thread", _("Conversation"), "thread", here="thread_id", attr="thread", many=False)],
)  # fmt: skip
register(
    "customer",
    relations=[
        Relation("conversations", _("Conversations"), "thread", there="customer_id", attr="threads", only=LIVE,
                 group=GROUP, right=VIEW),
        Relation("messages", _("Messages from the customer"), "message", there="customer_id", attr="messages",
                 group=GROUP, right=VIEW),
    ],
)  # fmt: skip
