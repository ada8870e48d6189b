from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from rapport.customers.models.customer import Customer
from rapport.customers.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class CustomerMerge(Noun):
    """That `source` was merged into `survivor`, and what it takes to undo it.

    `chosen` names the fields whose value was taken from the source, `brought` what the source gave to the fields of
    the survivor. Rows stay after un-merging (`undone_at`), so that the history of both is told in full.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "survivor__owner_id"

    source = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges_away")
    survivor = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges_in")
    chosen: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    brought: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=120, blank=True)
    undone_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], name="customer_merge_one_standing", condition=Q(undone_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.survivor_id}"


class MovedRows(models.Model):
    """The rows of one place (a table and its column) that went over with a merge.

    `keys` are those of the rows that now have the survivor; `aside` holds rows whole which could not go because the
    survivor has their like (a colleague of the same company, a watcher of the same ticket).
    """

    merge = models.ForeignKey(CustomerMerge, on_delete=models.CASCADE, related_name="moved")
    place = models.CharField(max_length=120)
    keys: ArrayField[list[UUID], list[UUID]] = ArrayField(models.UUIDField(), default=list)
    aside: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "place"], name="moved_rows_once")]

    def __str__(self) -> str:
        return f"{self.place}: {len(self.keys)}"
