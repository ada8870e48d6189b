from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.kernel.doors import Door, Noun
from rapport.kernel.folding import Fold
from rapport.kernel.permissions import Right
from rapport.marketing.permissions import VIEW


class SegmentDoor(Door["Segment"]):
    """Segments, within reach."""

    def active(self) -> Self:
        """Return those that are not archived."""
        return self.filter(archived_at=None)

    def waiting(self) -> Self:
        """Return the active ones that are to be worked out."""
        return self.active().filter(asked_at__isnull=False)


class Segment(Noun):
    """Customers who have something in common.

    A dynamic one keeps its `condition` (a tree in JSON) and the same as `text`; a static one has neither. `size` is how
    many were in it at `computed_at`; `asked_at` is since when it waits to be worked out anew (None: it does not).
    `problem` says why it could not be, and `seconds` how long it took, so that what is dear is done less often.
    """

    VIEW: ClassVar[Right] = VIEW

    class Kind(models.TextChoices):
        DYNAMIC = "dynamic", _("By a condition")
        STATIC = "static", _("A chosen list")

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.DYNAMIC)
    condition: models.JSONField[Any, Any] = models.JSONField(null=True)
    text = models.TextField(blank=True)
    owner = models.ForeignKey(
        "team.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    size = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    objects = SegmentDoor.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Fold("name"), name="segment_name_once"),
            models.CheckConstraint(
                condition=Q(kind="dynamic", condition__isnull=False) | Q(kind="static", condition__isnull=True),
                name="segment_dynamic_by_condition",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dynamic(self) -> bool:
        """Whether a condition says who is in it."""
        return self.kind == self.Kind.DYNAMIC

    @property
    def waiting(self) -> bool:
        """Whether it is to be worked out."""
        return self.archived_at is None and self.asked_at is not None
