"""What a measure is: where its evidence comes from, by which rule it is judged, how much it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Text = str | Promise
Source = Literal[
    "promises", "orders", "answers", "contacts", "activities", "touches", "buyers", "profile", "waits",
    "channel_speeds", "desk", "endings", "recoveries", "extras", "letters", "attempts",
]  # fmt: skip
PROMISES, ORDERS, ANSWERS = "promises.promise", "commerce.order", "feedback.answer"
ACTIVITIES, EVENTS, CUSTOMERS = "timeline.activity", "kernel.eventrecord", "customers.customer"
TICKETS, MESSAGES, ATTEMPTS = "service.ticket", "conversations.message", "knowledge.attempt"
SERVICE = frozenset({"waits", "channel_speeds", "desk", "endings", "recoveries", "extras", "letters", "attempts"})
"""Sources that only a firm has that serves its customers here."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure "element.name": what it is called, its rule in words, and the noun whose rows are its evidence."""

    name: str
    label: Text
    rule: Text
    source: Source
    rows: str
    weight: float = 1.0

    @property
    def element(self) -> str:
        """The element it is evidence for."""
        return self.name.split(".")[0]

    @property
    def column(self) -> str:
        """The name of its columns in a table."""
        return self.name.replace(".", "_")
