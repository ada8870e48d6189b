from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rapport.conversations.models.message import Message
from rapport.conversations.models.reach import within
from rapport.conversations.permissions import VIEW
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Attachment(Noun):
    """A file that came or goes with a message.

    `key` finds its content in `kernel.files`; it is empty for one that was refused, and `refused` says why.
    `media_type` is what the content is, whatever its sender said. `inline` ones belong into the text by `content_id`.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "message__thread__customer__owner_id"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    content_id = models.CharField(max_length=250, blank=True)
    inline = models.BooleanField(default=False)
    refused = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["key"], name="attachment_by_key")]
        constraints = [
            models.CheckConstraint(condition=~Q(key="") | ~Q(refused=""), name="attachment_kept_or_refused"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on the files whose thread `reach` lets `actor` see."""
        return within(actor, reach, "message__thread__")
