from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.kernel.actors import Actor
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.service.models.queue import Queue
from rapport.service.models.ticket import Ticket
from rapport.service.permissions import VIEW


class Shared(Noun):
    """A text or a macro of one user, of one team, or (without either) of everybody."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "user_id"

    user = models.ForeignKey("team.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey("team.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @classmethod
    def open_to(cls, actor: Actor) -> Q:
        """Return what `actor` may use: everybody's, their teams' and their own."""
        if actor.everything and actor.user_id is None:
            return Q()
        everybody = Q(user__isnull=True, team__isnull=True)
        return everybody | Q(user_id=actor.user_id) | Q(team__members=actor.user_id)


class CannedAnswer(Shared):
    """A text to send again; `shortcut` is what one types after the slash, `text` may hold variables."""

    title = models.CharField(_("title"), max_length=120)
    shortcut = models.CharField(_("shortcut"), max_length=40, blank=True)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=8, blank=True)
    used = models.PositiveIntegerField(default=0)
    search = SearchVectorField(default="", editable=False)

    objects = Door.as_manager()

    class Meta:
        ordering = ["title"]
        indexes = [GinIndex(fields=["search"], name="canned_answer_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team", "shortcut", "language"],
                name="canned_answer_shortcut_once",
                condition=~Q(shortcut="") & Q(archived_at__isnull=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.title


class Macro(Shared):
    """Several steps in one go; `steps` are objects with a `do` and what it needs, in the order of doing."""

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    steps: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)

    objects = Door.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class TicketTemplate(Shared):
    """A ticket to start from: fields, tags, a checklist and the text of its first note."""

    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=9, choices=Ticket.Type, default=Ticket.Type.QUESTION)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    priority = models.CharField(_("priority"), max_length=6, choices=Ticket.Priority, default=Ticket.Priority.NORMAL)
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    tags = ArrayField(models.CharField(max_length=60), verbose_name=_("tags"), default=list, blank=True)
    custom: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    checklist = ArrayField(models.CharField(max_length=200), verbose_name=_("checklist"), default=list, blank=True)

    objects = Door.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
