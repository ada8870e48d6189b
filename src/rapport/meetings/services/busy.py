"""The busy times of a colleague, as a calendar of theirs tells them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.meetings.models import Busy
from rapport.meetings.permissions import BOOK
from rapport.team.models import User


@dataclass(frozen=True, slots=True)
class Span:
    """One time of an entry of a calendar; `title` is empty for others when it is `private`."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""
    all_day: bool = False
    private: bool = False
    free: bool = False


@verb(BOOK)
def replace(source: str, user: User, spans: Iterable[Span], *, by: Actor) -> int:
    """Put `spans` in the place of what an entry of a calendar said before, and return how many there are."""
    Busy.objects.filter(source=source).delete()
    rows = [
        Busy(
            user=user, source=source, title="" if one.private else one.title[:200], starts_at=one.starts_at,
            ends_at=one.ends_at, all_day=one.all_day, private=one.private, free=one.free,
        )
        for one in spans
        if one.starts_at < one.ends_at
    ]  # fmt: skip
    return len(Busy.objects.bulk_create(rows))


@verb(BOOK)
def forget(prefix: str, *, by: Actor) -> None:
    """Forget every time whose source begins with `prefix`."""
    Busy.objects.filter(source__startswith=prefix).delete()
