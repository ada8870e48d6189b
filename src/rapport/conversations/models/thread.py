from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models.mailbox import Mailbox
from rapport.conversations.models.reach import within
from rapport.conversations.permissions import VIEW
from rapport.customers.models import Customer
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right

LIVE = Q(spam_at=None, deleted_at=None)


class ThreadDoor(Door["Thread"]):
    """Threads, within reach."""

    def live(self) -> Self:
        """Return those that are neither spam nor in the trash."""
        return self.filter(LIVE)


class Thread(Noun):
    """One talk with a customer on one channel.

    `token` goes out in the address to answer to, so that answers find back. `waiting_since` is the first message from
    the customer that nobody answered; `last_*_at` and `message_count` leave notes aside.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        FORM = "form", _("Form")
        PHONE = "phone", _("Phone")
        PORTAL = "portal", _("Portal")
        API = "api", _("API")

    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="threads")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.SET_NULL, null=True, related_name="threads")
    assignee = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="threads")
    token = models.CharField(max_length=16, unique=True)
    last_message_at = models.DateTimeField(_("last message"))
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(_("waiting since"), null=True)
    message_count = models.PositiveIntegerField(default=0)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True)
    snoozed_by = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")
    spam_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sample = models.BooleanField(default=False)

    objects = ThreadDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-last_message_at", "-id"], name="thread_newest", condition=LIVE),
            models.Index(fields=["assignee", "-last_message_at", "-id"], name="thread_of_assignee", condition=LIVE),
            models.Index(
                fields=["-last_message_at", "-id"],
                name="thread_of_nobody",
                condition=LIVE & Q(assignee=None, snoozed_until=None),
            ),
            models.Index(
                fields=["waiting_since", "id"],
                name="thread_waiting",
                condition=LIVE & Q(snoozed_until=None, waiting_since__isnull=False),
            ),
            models.Index(
                fields=["snoozed_until", "id"], name="thread_snoozed", condition=Q(snoozed_until__isnull=False)
            ),
            models.Index(
                fields=["-last_out_at", "-id"], name="thread_sent", condition=LIVE & Q(last_out_at__isnull=False)
            ),
            models.Index(fields=["-last_message_at", "-id"], name="thread_spam", condition=Q(spam_at__isnull=False)),
            models.Index(
                fields=["-last_message_at", "-id"], name="thread_trash", condition=Q(deleted_at__isnull=False)
            ),
            models.Index(fields=["customer", "-last_message_at"], name="thread_of_customer"),
            models.Index(fields=["mailbox", "-last_message_at", "-id"], name="thread_of_mailbox", condition=LIVE),
        ]

    def __str__(self) -> str:
        return self.subject or self.get_channel_display()

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on the threads that `reach` lets `actor` see."""
        return within(actor, reach)

    def snoozed(self, at: datetime) -> bool:
        """Return whether it rests at `at`."""
        return self.snoozed_until is not None and at < self.snoozed_until


class ThreadLink(Noun):
    """Two threads that belong together: `thread` was split from, follows up on, doubles or is related to `other`."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "thread__customer__owner_id"

    class Kind(models.TextChoices):
        RELATED = "related", _("Related")
        SPLIT = "split", _("Split from")
        FOLLOW_UP = "follow_up", _("Follow-up of")
        DUPLICATE = "duplicate", _("Same as")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.RELATED)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "other"], name="thread_link_once"),
            models.CheckConstraint(condition=~Q(thread=models.F("other")), name="thread_link_not_to_itself"),
        ]

    def __str__(self) -> str:
        return self.kind

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on the links whose first thread `reach` lets `actor` see."""
        return within(actor, reach, "thread__")
