from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models.mailbox import Mailbox
from rapport.conversations.models.reach import within
from rapport.conversations.models.thread import Thread
from rapport.conversations.permissions import MANAGE, VIEW
from rapport.customers.models import Customer
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right

PRESENT_FOR = timedelta(seconds=75)
"""How long a visitor counts as there after they were last heard of; their page says so every 30 seconds."""
TYPES_FOR = timedelta(seconds=8)


class ChatSite(Noun):
    """A web site of the firm with a chat in it.

    `key` is public and names the site in its pages. `secret` (sealed) signs who a visitor is; after it was changed the
    one before, `old_secret`, counts until `old_until`. `origins` are the sites that may show the chat; none: all.
    `questions` are asked before the chat: `{key, label, kind, required, options}` with kind name, email, text or
    choice. `prompts` are said first to whoever stays: `{text, page, seconds}`.
    """

    VIEW: ClassVar[Right] = MANAGE

    class Side(models.TextChoices):
        END = "end", _("At the end of the line (right)")
        START = "start", _("At the start of the line (left)")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the visitor's device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    name = models.CharField(_("name"), max_length=80)
    key = models.CharField(max_length=16, unique=True)
    secret = models.CharField(max_length=300)
    old_secret = models.CharField(max_length=300, blank=True)
    old_until = models.DateTimeField(null=True)
    origins = ArrayField(models.CharField(max_length=200), default=list)
    colour = models.CharField(_("colour"), max_length=7, default="#2f6f5e")
    side = models.CharField(_("place"), max_length=5, choices=Side, default=Side.END)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    language = models.CharField(_("language"), max_length=5, blank=True)
    greeting = models.CharField(_("greeting"), max_length=200, blank=True)
    away_text = models.CharField(_("when nobody is there"), max_length=200, blank=True)
    questions: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    prompts: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.SET_NULL, null=True, related_name="chat_sites")
    off_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="chat_site_name_once")]

    def __str__(self) -> str:
        return self.name


class Visitor(Noun):
    """Somebody at a site who began a chat: one browser, known by the digest of a token that it keeps.

    `name` and `address` are what they say of themselves and prove nothing. Only `verified_at` says that the site
    itself vouched for them; then `customer` is who they are.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    site = models.ForeignKey(ChatSite, on_delete=models.CASCADE, related_name="visitors")
    token = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="chat_visitors")
    name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=254, blank=True)
    verified_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=5, blank=True)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    def __str__(self) -> str:
        return self.name or self.address or str(self.pk)


class Visit(models.Model):
    """A page of the site that a visitor looked at after their first chat, and where they came from."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="visits")
    page = models.CharField(max_length=500)
    title = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["visitor", "-at"], name="visit_newest")]

    def __str__(self) -> str:
        return self.page


class Chat(Noun):
    """What only a chat has beside its thread: the visitor, whether they are there, what they read, how it was.

    `answers` are pairs of a question and what was answered. `address` is where it goes on by mail; it was given here.
    Once that address answered by mail (`moved_at`), whoever sits at the browser sees no more: they may be another.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "thread__customer__owner_id"

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="chat")
    site = models.ForeignKey(ChatSite, on_delete=models.CASCADE, related_name="chats")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="chats")
    name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=254, blank=True)
    answers: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    page = models.CharField(max_length=500, blank=True)
    referrer = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=5, blank=True)
    present_at = models.DateTimeField(null=True)
    typing_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    staff_read_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    comment = models.CharField(max_length=1000, blank=True)
    transcript_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["visitor", "-created_at"], name="chat_of_visitor"),
            models.Index(fields=["present_at"], name="chat_present", condition=Q(present_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(1, 5)), name="chat_score_of_five"),
        ]

    def __str__(self) -> str:
        return self.name or self.address or str(self.pk)

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on the chats whose thread `reach` lets `actor` see."""
        return within(actor, reach, "thread__")

    def present(self, at: datetime) -> bool:
        """Return whether the visitor is there at `at`."""
        return self.present_at is not None and at < self.present_at + PRESENT_FOR

    def typing(self, at: datetime) -> bool:
        """Return whether the visitor is writing at `at`."""
        return self.typing_at is not None and at < self.typing_at + TYPES_FOR
