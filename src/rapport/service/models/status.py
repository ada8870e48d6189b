from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.service.permissions import VIEW


class StatusDoor(Door["Status"]):
    """Statuses, within reach."""

    def live(self) -> Self:
        """Return those that a ticket can be given."""
        return self.filter(archived_at__isnull=True)


class Status(Noun):
    """A word of the firm's own for where a ticket stands. Its category never changes: rules and clocks go by it."""

    VIEW: ClassVar[Right] = VIEW

    class Category(models.TextChoices):
        NEW = "new", _("New")
        OPEN = "open", pgettext_lazy("ticket", "Open")
        WAITING = "waiting", _("Waiting for the customer")
        SOLVED = "solved", _("Solved")
        CLOSED = "closed", _("Closed")

    name = models.CharField(_("name"), max_length=60)
    category = models.CharField(_("category"), max_length=8, choices=Category)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    objects = StatusDoor.as_manager()

    class Meta:
        verbose_name_plural = "statuses"
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="status_name_once", condition=models.Q(archived_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


LIVE = (Status.Category.NEW, Status.Category.OPEN, Status.Category.WAITING)
"""The categories of tickets that somebody still has to look after."""
ENDED = (Status.Category.SOLVED, Status.Category.CLOSED)
