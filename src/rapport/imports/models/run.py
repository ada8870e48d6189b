from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.customers.permissions import IMPORT
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class ImportRun(Noun):
    """One import of a set of files: what was read, how it was mapped and what became of the rows.

    `files` lists them with path, name, size and part in the mapping; `mapping` is the profile as TOML. `counts` has
    read, created, updated, unchanged and failed for each noun, `notes` what is missing or was not understood.
    `progress` counts the rows read so far, `share` is how much of the present step's work is done, from 0 to 1 (0: not
    known). The run's id is the cause of its events.
    """

    VIEW: ClassVar[Right] = IMPORT

    class Status(models.TextChoices):
        NEW = "new", _("Not started")
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")
        LOADING = "loading", _("Loading")
        LOADED = "loaded", _("Loaded")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        UNDOING = "undoing", _("Undoing")
        UNDONE = "undone", _("Undone")

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    files: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    profile = models.CharField(_("mapping"), max_length=80)
    mapping = models.TextField(blank=True)
    settings: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    overwrite = models.BooleanField(_("replace what is there"), default=False)
    counts: models.JSONField[dict[str, dict[str, int]], dict[str, dict[str, int]]] = models.JSONField(default=dict)
    notes: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list)
    progress = models.BigIntegerField(default=0)
    share = models.FloatField(default=0)
    errors = models.BigIntegerField(default=0)
    warnings = models.BigIntegerField(default=0)
    reason = models.TextField(blank=True)
    user = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=120, blank=True)
    cancel_asked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return ", ".join(file["name"] for file in self.files)
