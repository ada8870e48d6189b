from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer
from rapport.kernel.actors import Actor
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.objects.models.object_type import ObjectType
from rapport.objects.permissions import VIEW

SLOTS = (1, 2, 3, 4, 5)


class RecordDoor(Door["Record"]):
    """Records, within reach: a restricted type opens by rights of its own."""

    def visible_to(self, actor: Actor, right: Right | None = None) -> Self:
        """Return the records within the actor's reach of `right` (without it, the right to look)."""
        asked = right or VIEW
        restricted = [one for one in ObjectType.known().values() if one.restricted_at]
        if actor.everything or not restricted:
            return super().visible_to(actor, asked)
        found = Q(pk__in=())
        if (general := actor.reach(asked)) is not None:
            found |= ~Q(type__in=restricted) & Record.within(actor, general)
        for one in restricted:
            if (own := actor.reach(one.right_for(asked))) is not None:
                found |= Q(type=one) & Record.within(actor, own)
        return self.filter(found)

    def live(self) -> Self:
        """Return those that are not in the trash."""
        return self.filter(deleted_at__isnull=True)


def _link(slot: int) -> Any:
    return models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name=f"linked_{slot}", db_index=False
    )


def _by_link(name: str) -> models.Index:
    return models.Index(fields=[name], name=f"record_by_{name}", condition=Q(**{f"{name}__isnull": False}))


class Record(Noun):
    """One thing of an object type. `search` holds the folded words of its name, number and texts.

    `reference` is its number in another system, by which imports know it again. `link_1` to `link_5` lead to other
    records as the links of its type say.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "owner_id"

    type = models.ForeignKey(ObjectType, on_delete=models.PROTECT, related_name="records", db_index=False)
    number = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=200, blank=True)
    reference = models.CharField(_("number in another system"), max_length=80, blank=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="records", db_index=False
    )
    owner = models.ForeignKey(
        "team.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner"),
        db_index=False,
    )  # fmt: skip
    custom: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    link_1 = _link(1)
    link_2 = _link(2)
    link_3 = _link(3)
    link_4 = _link(4)
    link_5 = _link(5)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    search = SearchVectorField(default="", editable=False)

    objects = RecordDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["type", "name", "id"], name="record_by_name", condition=Q(deleted_at=None)),
            models.Index(fields=["type", "-created_at", "-id"], name="record_newest"),
            models.Index(fields=["customer"], name="record_of_customer", condition=Q(customer__isnull=False)),
            models.Index(fields=["owner"], name="record_of_owner", condition=Q(owner__isnull=False)),
            models.Index(fields=["deleted_at"], name="record_trashed", condition=Q(deleted_at__isnull=False)),
            *(_by_link(f"link_{slot}") for slot in SLOTS),
            GinIndex(fields=["search"], name="record_search"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["type", "number"], name="record_number_once"),
            models.UniqueConstraint(
                fields=["type", "reference"], name="record_reference_once", condition=~Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def kind(self) -> ObjectType:
        """Its type, without asking the database again."""
        return ObjectType.known()[self.type_id]

    @property
    def code(self) -> str:
        """The number as people say it: V-1042."""
        return f"{self.kind.prefix}-{self.number}"

    @property
    def label(self) -> str:
        """The name, or the number of one that has none."""
        return self.name or self.code

    def right_for(self, right: Right) -> Right:
        """Return the right that its type asks for in the place of a general one."""
        return self.kind.right_for(right)

    def told(self) -> Mapping[str, str]:
        """Return how events tell of it: type, key of the type, and its name."""
        return {"type": self.kind.name, "key": self.kind.key, "record": self.label}
