from __future__ import annotations

from typing import ClassVar

from django.db import models

from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.meetings.models import Meeting
from rapport.meetings.permissions import VIEW

DONE = 2_147_483_647
"""The sequence of an entry that shall never be written again."""


class Account(Noun):
    """The calendar of a colleague on a server. `secret` is sealed; `token` is how far it was read (RFC 6578).

    `error` says in plain words why it is not in step; a `paused` one waits until its owner enters what is right.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "user_id"

    user = models.OneToOneField("team.User", on_delete=models.CASCADE, related_name="calendar_account")
    url = models.CharField(max_length=500)
    username = models.CharField(max_length=254)
    secret = models.TextField()
    calendar_url = models.CharField(max_length=700)
    calendar_name = models.CharField(max_length=200, blank=True)
    token = models.TextField(blank=True)
    paused = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)
    synced_at = models.DateTimeField(null=True)
    expanded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    def __str__(self) -> str:
        return self.calendar_name or self.calendar_url


class Item(Noun):
    """An entry on the server: its address there, the version that was read or written (`etag`), and what it is here.

    `data` is its iCalendar as it was read, from which the busy times are told again as the days go by. `sequence` is
    that of the meeting which the server has; behind the meeting's own it must be written.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "account__user_id"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="items", db_index=False)
    href = models.CharField(max_length=700)
    etag = models.CharField(max_length=255, blank=True)
    uid = models.CharField(max_length=255)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, null=True, related_name="calendar_items")
    sequence = models.IntegerField(default=-1)
    data = models.TextField(blank=True)

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "href"], name="calendar_item_once"),
            models.UniqueConstraint(
                fields=["account", "meeting"], name="calendar_meeting_once", condition=models.Q(meeting__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.href
