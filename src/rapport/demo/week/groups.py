"""The segments of the demonstration, worked out day by day, so that their pages have somebody who joined and left.

The purchases are those of a real shop and ended years ago, so nothing here asks when somebody bought last: by today's
calendar nobody has for years.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from rapport.demo.week.hours import WEEK
from rapport.kernel.actors import Actor
from rapport.marketing.models import Segment
from rapport.marketing.services import members, segments

DAY = timedelta(days=1)
MADE = (
    ("Bought once", "A second order is the hardest one: write to them.", "totals.orders = 1"),
    ("Regulars", "Ten orders and more.", "totals.orders >= 10"),
    ("Regulars abroad", "Worth a parcel service of their own.",
     'segment = "{Regulars}" and country != "GB"'),
    ("Late promise", "We kept them waiting: be kind, and be quick.",
     'promises has (outcome in ("late", "broken")) or late_promises.count >= 1'),
    ("Wrote this week", "", "did conversations.message_received within last 7 days"),
)  # fmt: skip


def make(*, by: Actor) -> None:
    """Make the segments, unless one of that name is there."""
    keys: dict[str, UUID] = {}
    for name, description, condition in MADE:
        row = Segment.objects.filter(name=name).first()
        if row is None:
            row = segments.create(name, by=by, condition=condition.format(**keys), description=description)
        keys[name] = row.pk
    members.settle(by=by)


def follow(*, by: Actor) -> None:
    """Work them out anew."""
    members.keep_up(by=by)


def moments() -> list[timedelta]:
    """Return how long before the end of the week they are worked out after they were made."""
    return [WEEK - DAY * number for number in range(1, WEEK.days)]
