from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.team.permissions import MANAGE


class ApiToken(Noun):
    """A key for another program. Only its hash is kept; it may do what its user may, within its scopes."""

    VIEW: ClassVar[Right] = MANAGE

    name = models.CharField(max_length=80)
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="tokens")
    prefix = models.CharField(max_length=12)
    hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=64))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
