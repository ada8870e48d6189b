from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Message
from rapport.customers.models import Customer
from rapport.feedback.models.answer import Answer
from rapport.feedback.models.survey import Survey
from rapport.feedback.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.service.models import Queue, Ticket

STANDING = Q(dropped_because="")
WAITING_TO_SEND = STANDING & Q(sent_at__isnull=True, answered_at__isnull=True)
WAITING_FOR_ANSWER = STANDING & Q(sent_at__isnull=False, answered_at__isnull=True)


class InvitationDoor(Door["Invitation"]):
    """Invitations, within reach."""

    def standing(self) -> Self:
        """Return those that were not dropped."""
        return self.filter(STANDING)


class Invitation(Noun):
    """That a customer is to be asked how a ticket went; of those that stand there is one for each ticket.

    It goes out at `due_at` and can be answered until `closes_at`. `answer` is there from the sending on, without a
    score until the customer gives one. `agent` is who solved the ticket. `dropped_because` says why nobody is asked.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class Because(models.TextChoices):
        REOPENED = "reopened", _("The ticket was opened again")
        GONE = "gone", _("The ticket was merged, is spam or in the trash")
        REFUSED = "refused", _("The customer does not want to be asked")
        RESTS = "rests", _("The customer was asked not long ago")
        NO_ADDRESS = "no_address", _("There is no address that works")
        RATED = "rated", _("The customer has told us already")
        FAILED = "failed", _("The mail could not be written")
        REMOVED = "removed", _("The survey was paused or removed")

    survey = models.ForeignKey(Survey, on_delete=models.SET_NULL, null=True, related_name="invitations")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="survey_invitations", db_index=False)
    agent = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")
    scale = models.CharField(max_length=8, choices=Survey.Look)
    language = models.CharField(max_length=8)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_because = models.CharField(max_length=10, choices=Because, blank=True)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.OneToOneField(Answer, on_delete=models.SET_NULL, null=True, related_name="invitation")
    created_at = models.DateTimeField()

    objects = InvitationDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="invitation_to_send", condition=WAITING_TO_SEND),
            models.Index(
                fields=["remind_at"], name="invitation_to_remind",
                condition=WAITING_FOR_ANSWER & Q(remind_at__isnull=False),
            ),
            models.Index(fields=["customer", "-sent_at"], name="invitation_of_customer"),
            models.Index(fields=["ticket"], name="invitation_of_ticket"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["ticket"], name="invitation_one_standing", condition=STANDING),
            models.CheckConstraint(
                condition=STANDING ^ Q(dropped_at__isnull=False), name="invitation_dropped_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(closes_at__isnull=False), name="invitation_closes_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.scale}"
