from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.calls.permissions import MANAGE
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Switchboard(models.Model):
    """How the telephone system is connected: one row.

    `secret` signs its reports, sealed by `kernel.secrets`; the `former` one still works until `former_until`. `dial` is
    what a number leads to: `tel:{number}`, `sip:{digits}@pbx.example` or a page of a web telephone.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    secret = models.TextField(blank=True)
    former = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    dial = models.CharField(_("what a number leads to"), max_length=300, default="tel:{number}")
    call_back_hours = models.PositiveSmallIntegerField(_("call back within"), default=4)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="switchboard_only_one")]

    def __str__(self) -> str:
        return self.dial


class Extension(Noun):
    """Who sits at an extension of the telephone system."""

    VIEW: ClassVar[Right] = MANAGE

    number = models.CharField(_("extension"), max_length=40, unique=True)
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="extensions")

    objects = Door.as_manager()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number


class Report(Noun):
    """A report that came in, or was refused: what the settings page shows, and what makes a replay known.

    `signature` is that of one that was taken, unique; refused ones have none.
    """

    VIEW: ClassVar[Right] = MANAGE

    at = models.DateTimeField()
    signature = models.CharField(max_length=64, blank=True)
    call = models.CharField(max_length=120, blank=True)
    event = models.CharField(max_length=20, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="call_report_newest")]
        constraints = [
            models.UniqueConstraint(fields=["signature"], name="call_report_once", condition=~Q(signature="")),
        ]

    def __str__(self) -> str:
        return self.call or self.error
