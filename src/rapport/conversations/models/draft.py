from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models.reach import within
from rapport.conversations.models.thread import Thread
from rapport.conversations.permissions import VIEW
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Draft(Noun):
    """An answer or a note that somebody is writing. Colleagues see it while it is `shared`.

    Each has one answer and one note in a thread. `version` counts how often it was saved, so that two windows do not
    overwrite each other. `based_on` is the last message that its author had seen.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "thread__customer__owner_id"

    class Kind(models.TextChoices):
        REPLY = "reply", _("Answer")
        NOTE = "note", _("Note")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.REPLY)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    to: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    cc: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    shared = models.BooleanField(default=True)
    based_on = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["author", "-updated_at"], name="draft_of_author")]
        constraints = [models.UniqueConstraint(fields=["thread", "author", "kind"], name="draft_once_of_a_kind")]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def mark(self) -> str:
        """Name this state of this draft: what a window shows, and sends along when it saves."""
        return f"{self.pk.hex}.{self.version}"

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on drafts in threads that `reach` lets `actor` see."""
        return within(actor, reach, "thread__")
