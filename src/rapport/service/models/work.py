from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kernel.doors import Door
from rapport.service.models.ticket import OfTicket, Ticket


class ChecklistItem(OfTicket):
    """One thing to do before a ticket is solved, and who did it when."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="checklist")
    position = models.PositiveIntegerField()
    text = models.CharField(_("text"), max_length=200)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = Door.as_manager()

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["ticket", "position"], name="checklist_of_ticket")]

    def __str__(self) -> str:
        return self.text


class TimeEntry(OfTicket):
    """Time that somebody spent on a ticket, in whole minutes, on a day."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="times")
    user = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="times")
    user_name = models.CharField(max_length=120)
    minutes = models.PositiveIntegerField(_("minutes"))
    activity = models.CharField(_("activity"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    billable = models.BooleanField(_("billable"), default=False)
    spent_on = models.DateField(_("day"))
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "time entries"
        indexes = [
            models.Index(fields=["ticket", "spent_on"], name="time_of_ticket"),
            models.Index(fields=["user", "spent_on"], name="time_of_user"),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(minutes__gte=1), name="time_is_some")]

    def __str__(self) -> str:
        return f"{self.minutes} min"
