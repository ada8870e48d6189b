from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kernel.ids import new_id


class SavedMapping(models.Model):
    """A mapping that somebody named: files that look alike are recognised by it. `toml` is the profile as text."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    toml = models.TextField()
    user = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
