"""When somebody may be asked: not in the hours in which they want to be left alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def after_quiet(at: datetime, start: time | None, end: time | None, zone: str) -> datetime:
    """Return `at`, or the end of the quiet hours from `start` to `end` in `zone` when it lies in them.

    Hours that end before they start go over midnight; with the same start and end there are none.
    """
    if start is None or end is None or start == end:
        return at
    here = at.astimezone(ZoneInfo(zone))
    clock = here.time().replace(tzinfo=None)
    over_night = start > end
    inside = (clock >= start or clock < end) if over_night else start <= clock < end
    if not inside:
        return at
    day = here.date() + timedelta(days=1) if over_night and clock >= start else here.date()
    return datetime.combine(day, end, ZoneInfo(zone)).astimezone(at.tzinfo)
