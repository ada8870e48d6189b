from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.permissions import VIEW
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class SenderRule(Noun):
    """What we do with mail of one address (in small letters), or of a whole domain (`@example.com`)."""

    VIEW: ClassVar[Right] = VIEW

    class What(models.TextChoices):
        BLOCK = "block", _("Blocked")
        PICTURES = "pictures", _("Pictures are shown")

    what = models.CharField(max_length=8, choices=What)
    sender = models.CharField(max_length=254)
    by_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "sender"], name="sender_rule_once")]

    def __str__(self) -> str:
        return self.sender

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return no condition: who sees any talk sees what is done with its senders."""
        return Q()
