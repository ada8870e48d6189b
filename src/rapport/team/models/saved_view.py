from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kernel.ids import new_id


class SavedView(models.Model):
    """A list that somebody keeps: its filter in the text form of conditions, its columns and its order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    noun = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="saved_views", null=True)
    condition = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    sort = models.CharField(max_length=60, blank=True)
    shared = models.BooleanField(default=False)
    pinned = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
