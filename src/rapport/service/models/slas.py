from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.promises.models import Promise
from rapport.service.clocks.ticking import Aim
from rapport.service.models.calendars import Calendar
from rapport.service.models.ticket import OfTicket, Ticket
from rapport.service.permissions import VIEW

RUNNING_CLOCK = Q(stopped_at__isnull=True)
LONGEST = 365 * 24 * 60
"""Minutes that a target may have at most: a year round the clock."""


class SlaPolicy(Noun):
    """How soon tickets are answered and solved: those that `condition` lets through, asked in order of `position`.

    The first policy that fits is the one. One without a condition fits nothing, except the `fallback`, which takes
    what no other took; there is at most one.
    """

    VIEW: ClassVar[Right] = VIEW

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveIntegerField(default=0)
    condition: models.JSONField[Any, Any] = models.JSONField(null=True)
    fallback = models.BooleanField(_("for all other tickets"), default=False)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="policies")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "SLA policies"
        ordering = ["fallback", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["fallback"], name="sla_one_fallback", condition=Q(fallback=True)),
            models.CheckConstraint(
                condition=Q(fallback=False) | Q(condition__isnull=True), name="sla_fallback_asks_nothing"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SlaTarget(models.Model):
    """The minutes of open time that a policy gives for tickets of one priority; None sets no target."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="targets", db_index=False)
    priority = models.CharField(_("priority"), max_length=6, choices=Ticket.Priority)
    first_minutes = models.PositiveIntegerField(_("first answer"), null=True, blank=True)
    next_minutes = models.PositiveIntegerField(_("next answers"), null=True, blank=True)
    solve_minutes = models.PositiveIntegerField(_("solution"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "priority"], name="sla_target_once"),
            models.CheckConstraint(
                condition=(Q(first_minutes__isnull=True) | Q(first_minutes__lte=LONGEST))
                & (Q(next_minutes__isnull=True) | Q(next_minutes__lte=LONGEST))
                & (Q(solve_minutes__isnull=True) | Q(solve_minutes__lte=LONGEST)),
                name="sla_target_within_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.priority}"

    def minutes(self, aim: Aim) -> int | None:
        """Return the minutes for one kind of clock."""
        return {Aim.FIRST: self.first_minutes, Aim.NEXT: self.next_minutes, Aim.SOLVE: self.solve_minutes}[aim]


class ClockDoor(Door["Clock"]):
    """Clocks, within reach."""

    def running(self) -> Self:
        """Return those that have not stopped."""
        return self.filter(RUNNING_CLOCK)


class Clock(OfTicket):
    """One clock on a ticket, as it was told from the ticket's history the last time something happened.

    It started at `started_at` and is due at `due_at`, none while it stands still before that. `end` says how it
    stopped: `met` when what it ran for was done, `dropped` when that was no longer to be done. `minutes` is the target.
    `warned` is the highest level, in per cent, that was told; the next one is reached at `warn_at`. Running clocks with
    a due moment have an open promise to the customer.
    """

    class End(models.TextChoices):
        MET = "met", _("Met")
        DROPPED = "dropped", _("Dropped")

    class Target(models.TextChoices):
        FIRST = Aim.FIRST, _("First answer")
        NEXT = Aim.NEXT, _("Next answer")
        SOLVE = Aim.SOLVE, _("Solution")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks", db_index=False)
    aim = models.CharField(max_length=5, choices=Target)
    policy = models.ForeignKey(SlaPolicy, on_delete=models.SET_NULL, null=True, related_name="clocks")
    minutes = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=7, choices=End, blank=True)
    warned = models.PositiveSmallIntegerField(default=0)
    warn_at = models.DateTimeField(null=True)
    promise = models.ForeignKey(Promise, on_delete=models.SET_NULL, null=True, related_name="clocks")

    objects = ClockDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["warn_at"], name="clock_to_warn", condition=RUNNING_CLOCK & Q(warn_at__isnull=False)),
            models.Index(fields=["stopped_at"], name="clock_stopped", condition=Q(stopped_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "aim", "started_at"], name="clock_once"),
            models.CheckConstraint(condition=RUNNING_CLOCK ^ ~Q(end=""), name="clock_ends_when_it_stops"),
            models.CheckConstraint(
                condition=RUNNING_CLOCK | Q(stopped_at__gte=F("started_at")), name="clock_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.aim} from {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def late(self) -> bool:
        """Whether it stopped when its time was over."""
        return self.stopped_at is not None and self.due_at is not None and self.stopped_at >= self.due_at
