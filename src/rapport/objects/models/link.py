from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.kernel.ids import new_id
from rapport.objects.models.object_type import ObjectType


class Link(models.Model):
    """Records of `type` each lead to one of `to`: a repair to its vehicle.

    The record's column `slot` holds it, so the database keeps it true and conditions follow it over a join.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    type = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="links")
    to = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="linked", verbose_name=_("leads to"))
    key = models.CharField(max_length=30, validators=[RegexValidator(r"^[a-z][a-z0-9_]*$")])
    label = models.CharField(_("label"), max_length=60)
    back_label = models.CharField(_("label on the other side"), max_length=60)
    slot = models.PositiveSmallIntegerField()
    required = models.BooleanField(_("required"), default=False)

    class Meta:
        ordering = ["slot"]
        constraints = [
            models.UniqueConstraint(fields=["type", "key"], name="object_link_key_once"),
            models.UniqueConstraint(fields=["type", "slot"], name="object_link_slot_once"),
            models.CheckConstraint(condition=Q(slot__gte=1) & Q(slot__lte=5), name="object_link_slot_known"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def attr(self) -> str:
        """The field of a record that leads there."""
        return f"link_{self.slot}"
