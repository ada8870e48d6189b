from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.customers.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.folding import Fold
from rapport.kernel.permissions import Right


class CustomerDoor(Door["Customer"]):
    """Customers, within reach."""

    def live(self) -> Self:
        """Return those that are neither in the trash nor merged into another."""
        return self.filter(deleted_at__isnull=True)

    def trashed(self) -> Self:
        """Return those in the trash."""
        return self.filter(deleted_at__isnull=False, merged_into__isnull=True)


class Customer(Noun):
    """A person or a company. `search` holds the folded words of name, addresses and numbers.

    One that was merged into another (`merged_into`) is out of sight like one in the trash, but stays for good: its
    number and address lead to the survivor.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "owner_id"

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    class Stage(models.TextChoices):
        """Where in the life cycle: what staff and rules say; the journey stage is worked out by insight."""

        LEAD = "lead", _("Lead")
        PROSPECT = "prospect", _("Prospect")
        CUSTOMER = "customer", _("Customer")
        ADVOCATE = "advocate", _("Advocate")
        FORMER = "former", _("Former customer")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        SMS = "sms", _("Text message")
        CHAT = "chat", _("Chat")
        POST = "post", _("Post")

    number = models.BigIntegerField(unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=200, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.LEAD)
    owner = models.ForeignKey(
        "team.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("owner"),
        db_index=False,
    )
    language = models.CharField(_("language"), max_length=8, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    preferred_channel = models.CharField(_("preferred channel"), max_length=8, choices=Channel, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    source = models.CharField(_("source"), max_length=80, blank=True)
    tags = ArrayField(models.CharField(max_length=60), verbose_name=_("tags"), default=list, blank=True)
    custom: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    since = models.DateTimeField(_("customer since"))
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="merged", db_index=False
    )
    sample = models.BooleanField(default=False)
    search = SearchVectorField(default="", editable=False)

    objects: ClassVar[models.Manager[Customer]] = CustomerDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["name", "id"], name="customer_by_name", condition=models.Q(deleted_at=None)),
            models.Index(fields=["-created_at", "-id"], name="customer_newest"),
            models.Index(fields=["country", "name", "id"], name="customer_country_name"),
            models.Index(fields=["owner"], name="customer_of_owner"),
            models.Index(fields=["merged_into"], name="customer_merged", condition=models.Q(merged_into__isnull=False)),
            GinIndex(fields=["search"], name="customer_search"),
            GinIndex(fields=["tags"], name="customer_tags"),
            # for all rows: the planner leaves what it knows of an expression aside when its index is partial
            models.Index(OpClass(Fold("name"), "text_pattern_ops"), name="customer_name_folded"),
            models.Index(OpClass(Fold("city"), "text_pattern_ops"), name="customer_by_folded_city"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["person", "company"]), name="customer_kind_known"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(deleted_at__isnull=False),
                name="customer_merged_is_gone",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def code(self) -> str:
        """The number as people say it: C-1042."""
        return f"C-{self.number}"

    @property
    def label(self) -> str:
        """The name, or the number of a customer whose name we do not know."""
        return self.name or self.code
