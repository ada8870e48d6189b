from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Thread
from rapport.customers.models import Customer
from rapport.kernel.doors import Door
from rapport.service.models.ticket import OfTicket, Ticket


class TicketThread(OfTicket):
    """A thread whose messages are the talk of a ticket; a thread belongs to one ticket at a time."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="talk")
    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="ticket_thread")
    added_at = models.DateTimeField()

    objects = Door.as_manager()

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.thread_id}"


class Merge(OfTicket):
    """That `source` was merged into `ticket`, and what it takes to undo it: `moved` holds what went over.

    Rows stay after un-merging (`undone_at`), so that the history of both is told in full.
    """

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges_away")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges_in")
    moved: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=120, blank=True)
    undone_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], name="merge_one_standing", condition=Q(undone_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.ticket_id}"


class TicketLink(OfTicket):
    """That a ticket has to do with another: related, a duplicate of it, caused by it, or split off it."""

    class Kind(models.TextChoices):
        RELATED = "related", _("Related to")
        DUPLICATE = "duplicate", _("Duplicate of")
        CAUSED = "caused", _("Caused by")
        SPLIT = "split", _("Split off")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_here")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.RELATED)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other", "kind"], name="ticket_link_once"),
            models.CheckConstraint(condition=~Q(ticket=models.F("other")), name="ticket_link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.other_id}"


class Watcher(OfTicket):
    """Somebody besides owner and requester who is told what happens to a ticket: a colleague or a customer."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="watchers")
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, null=True, related_name="watching")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="watching")
    since = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "user"], name="watcher_user_once", condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["ticket", "customer"], name="watcher_customer_once", condition=Q(customer__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(customer__isnull=True), name="watcher_is_not_both"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.customer)


class Offer(OfTicket):
    """That routing gave a ticket to a user, and how that went; the running one has no `ended_at`."""

    class End(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PASSED = "passed", _("Passed on")
        LAPSED = "lapsed", _("Not accepted in time")
        MOVED = "moved", _("Given to somebody else")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="offers")
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="offers")
    why = models.CharField(max_length=12)
    offered_at = models.DateTimeField()
    lapses_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=8, choices=End, blank=True)

    objects = Door.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["lapses_at"], name="offer_by_lapse", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["ticket", "-offered_at"], name="offer_of_ticket"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], name="offer_one_running", condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} to {self.user_id}"
