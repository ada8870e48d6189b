from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _

from rapport.kernel.conditions.registry import DECLARED
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.kernel.remembered import Remembered
from rapport.objects.permissions import CHANGE, DELETE, EXPORT, VIEW

OWN_RIGHTS = (VIEW, CHANGE, DELETE, EXPORT)
"""The rights that a restricted type has of its own, in the place of these."""


class ObjectType(Noun):
    """What things of one sort are called and what is known of them.

    `key` is how conditions, addresses and the API name it; it never changes. `prefix` stands before the numbers of its
    records (V-1042). `name_label` is what their name is called on forms ("Registration"). Since `restricted_at` it has
    rights of its own, else the general ones hold.
    """

    VIEW: ClassVar[Right] = VIEW

    class Customer(models.TextChoices):
        """Whether its records are somebody's."""

        NONE = "none", _("Never")
        OPTIONAL = "optional", _("Perhaps")
        REQUIRED = "required", _("Always")

    key = models.CharField(max_length=30, unique=True, validators=[RegexValidator(r"^[a-z][a-z0-9_]*$")])
    name = models.CharField(_("name"), max_length=60)
    plural = models.CharField(_("plural"), max_length=60)
    description = models.CharField(_("description"), max_length=300, blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="box")
    prefix = models.CharField(_("prefix of numbers"), max_length=6, unique=True)
    name_label = models.CharField(_("what the name is called"), max_length=60, blank=True)
    customer = models.CharField(_("belongs to a customer"), max_length=8, choices=Customer, default=Customer.OPTIONAL)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    restricted_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        ordering = ["position", "plural"]

    def __str__(self) -> str:
        return self.plural

    @property
    def noun(self) -> str:
        """The name of its records among the nouns of conditions, lists and custom fields."""
        return f"{DECLARED}{self.key}"

    @property
    def of_customers(self) -> bool:
        """Whether its records may be somebody's."""
        return self.customer != self.Customer.NONE

    def right_for(self, right: Right) -> Right:
        """Return the right of its own in the place of a general one, if this type is restricted by now."""
        now = self.known().get(self.pk, self)
        return now.own_right(right) if now.restricted_at and right in OWN_RIGHTS else right

    def own_right(self, right: Right) -> Right:
        """Return the right that a restricted type has in the place of a general one."""
        area, act = right.name.split(".")
        words = _said("%(right)s: %(things)s") % {"right": right.label, "things": self.plural}
        return Right(f"{area}.{self.key}.{act}", words, declared=True)

    @classmethod
    def known(cls) -> Mapping[UUID, ObjectType]:
        """Return all types by id as they are now, archived ones included, in their order."""
        return _known()


_known = Remembered(lambda: {row.pk: row for row in ObjectType.objects.all()}, ObjectType)
