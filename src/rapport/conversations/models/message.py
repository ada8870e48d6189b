from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models.reach import within
from rapport.conversations.models.thread import Thread
from rapport.conversations.permissions import VIEW
from rapport.customers.models import Customer
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right

LONGEST_ID = 250  # of a Message-ID; longer ones are kept by their hash


class MessageDoor(Door["Message"]):
    """Messages, within reach."""

    def public(self) -> Self:
        """Return those that the customer may see: no notes, nothing that was never sent."""
        return self.exclude(direction="note").exclude(state__in=("queued", "sending", "failed", "cancelled"))


class Message(Noun):
    """What was said in a thread once.

    `text` is all of it, `fresh_text` without what it quotes and without its signature; `html` is cleaned and asks for
    nothing from outside. `to`, `cc` and `bcc` are lists of [name, address]. `message_id`, `in_reply_to` and
    `references` are Message-IDs of e-mail without angle brackets. `raw` is the key of the source in `kernel.files`.
    `automatic` says which machine wrote it; empty: a person. What goes out is handed over at `send_after`.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "thread__customer__owner_id"

    class Direction(models.TextChoices):
        IN = "in", _("From the customer")
        OUT = "out", _("To the customer")
        NOTE = "note", _("Note")

    class Sender(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Staff")
        SYSTEM = "system", _("Rapport")

    class Automatic(models.TextChoices):
        AUTO_REPLY = "auto_reply", _("Automatic answer")
        BOUNCE = "bounce", _("Notice of non-delivery")
        LIST = "list", _("Mailing list")
        OWN = "own", _("Automatic message of ours")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Not sent")
        BOUNCED = "bounced", _("Came back")
        CANCELLED = "cancelled", _("Cancelled")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction)
    sender_kind = models.CharField(max_length=8, choices=Sender)
    author = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="messages")
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="messages")
    from_address = models.CharField(max_length=254, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    to: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    cc: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    bcc: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    fresh_text = models.TextField(blank=True)
    at = models.DateTimeField()
    created_at = models.DateTimeField()
    message_id = models.CharField(max_length=LONGEST_ID, blank=True)
    in_reply_to = ArrayField(models.CharField(max_length=LONGEST_ID), default=list)
    references = ArrayField(models.CharField(max_length=LONGEST_ID), default=list)
    automatic = models.CharField(max_length=10, choices=Automatic, blank=True)
    state = models.CharField(max_length=9, choices=State)
    send_after = models.DateTimeField(null=True)
    cancel_on_answer = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    raw = models.CharField(max_length=80, blank=True)
    search = SearchVectorField(default="", editable=False)

    objects = MessageDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["thread", "at", "id"], name="message_of_thread"),
            models.Index(fields=["customer", "-at"], name="message_of_customer", condition=Q(customer__isnull=False)),
            models.Index(fields=["from_address", "-at"], name="message_from", condition=Q(direction="in")),
            models.Index(fields=["-at", "-id"], name="message_newest"),
            models.Index(
                fields=["send_after", "id"], name="message_to_send", condition=Q(state__in=["queued", "sending"])
            ),
            GinIndex(fields=["search"], name="message_search"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="message_id_once", condition=~Q(message_id="")),
            models.CheckConstraint(
                condition=Q(direction="out", state__in=[
                    "queued", "sending", "sent", "delivered", "failed", "bounced", "cancelled",
                ]) | Q(direction__in=["in", "note"], state="received"),
                name="message_state_of_direction",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered", "bounced"]) | Q(sent_at__isnull=False),
                name="message_sent_at_when_sent",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.direction} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on the messages whose thread `reach` lets `actor` see."""
        return within(actor, reach, "thread__")
