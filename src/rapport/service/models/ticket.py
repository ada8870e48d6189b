from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Order, Product
from rapport.customers.models import Customer
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.service.models.queue import Queue
from rapport.service.models.status import ENDED, LIVE, Status
from rapport.service.permissions import VIEW

STANDING = Q(deleted_at__isnull=True, merged_into__isnull=True)
"""Neither in the trash nor merged into another ticket."""
RUNNING = STANDING & Q(category__in=LIVE)
"""Somebody still has to look after it: the part of the table that most lists are about."""


class TicketDoor(Door["Ticket"]):
    """Tickets, within reach."""

    def standing(self) -> Self:
        """Return those that are neither in the trash nor merged into another."""
        return self.filter(STANDING)

    def running(self) -> Self:
        """Return those that are new, open or waiting."""
        return self.filter(RUNNING)


class Ticket(Noun):
    """One matter of one customer. `category` is that of its status, kept here for the indexes of lists.

    `waiting_since` is the moment of the customer's first message that nobody answered. `first_due_at`, `next_due_at`,
    `solve_due_at` and `next_breach_at` (the soonest of them) are worked out from the status history by the clocks.
    `version` grows with every change of a field, so that two people who change at once are told.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "owner_id"

    class Type(models.TextChoices):
        QUESTION = "question", _("Question")
        PROBLEM = "problem", _("Problem")
        COMPLAINT = "complaint", _("Complaint")
        REQUEST = "request", _("Request")
        FIND = "find", _("Find it for me")

    class Priority(models.TextChoices):
        LOW = "low", _("Low")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")
        URGENT = "urgent", _("Urgent")

    number = models.BigIntegerField(unique=True)
    type = models.CharField(_("type"), max_length=9, choices=Type, default=Type.QUESTION)
    subject = models.CharField(_("subject"), max_length=300)
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("status"))
    category = models.CharField(max_length=8, choices=Status.Category)
    priority = models.CharField(_("priority"), max_length=6, choices=Priority, default=Priority.NORMAL)
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("queue"),
        db_index=False,
    )  # fmt: skip
    owner = models.ForeignKey(
        "team.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("owner"),
        db_index=False,
    )  # fmt: skip
    requester = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("customer"),
        db_index=False,
    )  # fmt: skip
    company = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="company_tickets",
        verbose_name=_("company"),
        db_index=False,
    )
    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("order"),
        db_index=False,
    )  # fmt: skip
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("product"),
        db_index=False,
    )  # fmt: skip
    tags = ArrayField(models.CharField(max_length=60), verbose_name=_("tags"), default=list, blank=True)
    custom: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children", db_index=False
    )
    follows = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="follow_ups", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    opened_at = models.DateTimeField(_("opened"))
    assigned_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(_("first answered"), null=True)
    solved_at = models.DateTimeField(_("solved"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    waiting_since = models.DateTimeField(null=True)
    answers = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    policy = models.ForeignKey(
        "service.SlaPolicy", on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets",
        verbose_name=_("SLA policy"),
    )  # fmt: skip
    first_due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    solve_due_at = models.DateTimeField(null=True)
    next_breach_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    sample = models.BooleanField(default=False)
    search = SearchVectorField(default="", editable=False)

    objects = TicketDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["updated_at", "id"], name="ticket_by_change", condition=STANDING),
            models.Index(fields=["opened_at", "id"], name="ticket_by_opening", condition=STANDING),
            models.Index(fields=["updated_at", "id"], name="ticket_running", condition=RUNNING),
            models.Index(fields=["next_breach_at", "id"], name="ticket_by_breach", condition=RUNNING),
            models.Index(fields=["queue", "next_breach_at", "id"], name="ticket_queue_breach", condition=RUNNING),
            models.Index(fields=["owner", "next_breach_at", "id"], name="ticket_owner_breach", condition=RUNNING),
            models.Index(fields=["queue", "updated_at", "id"], name="ticket_of_queue", condition=RUNNING),
            models.Index(fields=["owner", "updated_at", "id"], name="ticket_of_owner", condition=RUNNING),
            models.Index(
                fields=["queue", "opened_at", "id"], name="ticket_unowned", condition=RUNNING & Q(owner__isnull=True)
            ),
            models.Index(
                fields=["waiting_since", "id"],
                name="ticket_waiting",
                condition=RUNNING & Q(waiting_since__isnull=False),
            ),
            models.Index(fields=["requester", "-opened_at"], name="ticket_of_customer"),
            models.Index(
                fields=["company", "-opened_at"], name="ticket_of_company", condition=Q(company__isnull=False)
            ),
            models.Index(fields=["solved_at", "id"], name="ticket_by_solution", condition=Q(solved_at__isnull=False)),
            # every change of what is due writes all indexes of a ticket anew: those of what few tickets have hold these
            *(
                models.Index(fields=[name], name=f"ticket_with_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("queue", "owner", "order", "product", "parent", "follows", "merged_into")
            ),
            GinIndex(fields=["search"], name="ticket_search"),
            GinIndex(fields=["tags"], name="ticket_tags"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")), name="ticket_not_in_itself"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")), name="ticket_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return what `reach` lets `actor` see: a team also sees what nobody owns, except in queues closed to them."""
        if reach is Reach.ALL:
            return Q()
        if reach is Reach.OWN:
            return super().within(actor, reach)
        closed = Queue.objects.filter(private_since__isnull=False)
        if actor.user_id:
            closed = closed.exclude(memberships__user=actor.user_id)
        unowned = Q(owner__isnull=True) & ~Q(queue_id__in=closed.values("pk"))
        mine = Q(owner_id=actor.user_id) if actor.user_id else Q(pk__in=())
        return mine | Q(owner_id__in=actor.mates) | unowned

    @property
    def code(self) -> str:
        """The number as people say it: T-1042."""
        return f"T-{self.number}"

    @property
    def ended(self) -> bool:
        """Whether it is solved or closed."""
        return self.category in ENDED


class OfTicket(Noun):
    """A row that belongs to a ticket and is within reach when the ticket is."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "ticket__owner_id"

    class Meta:
        abstract = True

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition that the ticket is within `reach`."""
        return Q(ticket__in=Ticket.objects.filter(Ticket.within(actor, reach)))


class StatusSpan(OfTicket):
    """The time a ticket spent in a status; the running one has no `left_at`. All clocks are computed from these."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="spans")
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="spans")
    category = models.CharField(max_length=8, choices=Status.Category)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ticket", "entered_at"], name="ticket_span_of_ticket")]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], name="ticket_span_one_running", condition=Q(left_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=models.F("entered_at")), name="ticket_span_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} from {self.entered_at:%Y-%m-%d %H:%M}"
