"""What is due on 100,000 open tickets, worked out anew after their calendar changed.

The tickets of clocks.sql are made in a home of their own, which is thrown away in the end.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import apart
from bench.table import Row
from rapport.runtime import database, home, prepare

TICKETS = 100_000
CUSTOMERS = 1_000
LIMIT = 10.0
PAGE = 0.005
STATEMENTS = Path(__file__).with_suffix(".sql")
MARK = "-- step: "
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def run() -> list[Row]:
    """Measure in a process of its own, whose home is made anew."""
    return apart.run("bench.clocks")


def here() -> list[Row]:
    """Measure how long it takes after a holiday was added, and how long the list by next breach takes then."""
    with database.available(home.current()):
        prepare.django()
        prepare.migrate()
        return _measured()


def _measured() -> list[Row]:
    from django.db import connection

    from rapport.service.services import clocks

    calendar = _office()
    _fill()
    first = _seconds(clocks.recompute_running)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE service_clock, service_ticket, promises_promise")
    _close(calendar, days=1)
    again = _seconds(lambda: clocks.recompute_running(calendar_id=calendar.pk))
    same = _seconds(lambda: clocks.recompute_running(calendar_id=calendar.pk))
    page = min(_seconds(_soonest) for _ in range(5))
    return [
        Row.below(f"due on {TICKETS:,} open tickets after a calendar changed", again, LIMIT, "s"),
        Row.below("the same again, where nothing differs", same, LIMIT, "s"),
        Row.below("with the first policy: clocks and promises made", first, 6 * LIMIT, "s"),
        Row.below("50 tickets by next breach", page, PAGE, "s"),
    ]


def _office() -> Any:
    """Add a calendar with a lunch break and the policy for all tickets."""
    from rapport.kernel.actors import SYSTEM
    from rapport.service.clocks.ticking import Aim
    from rapport.service.models import Ticket
    from rapport.service.services import calendars, policies, statuses
    from rapport.team.models import Organisation

    Organisation.objects.get_or_create(
        pk=1,
        defaults={
            "name": "Bench", "currency": "EUR", "zone": "Europe/Berlin", "language": "en",
            "created_at": datetime.now(UTC),
        },
    )  # fmt: skip
    statuses.make_standard()
    hours = {name: [["09:00", "13:00"], ["14:00", "17:30"]] for name in WORKDAYS}
    made = calendars.add("Bench office", "Europe/Berlin", hours, by=SYSTEM)
    minutes = {Aim.FIRST: 240, Aim.NEXT: 480, Aim.SOLVE: 2400}
    targets = dict.fromkeys(Ticket.Priority.values, minutes)
    policies.add("Bench", made, targets, by=SYSTEM, fallback=True)
    return made


def _fill() -> None:
    from django.db import connection, transaction

    from rapport.customers.models import Customer

    at = datetime.now(UTC)
    numbers = range(20_000_000, 20_000_000 + CUSTOMERS)
    Customer.objects.bulk_create(
        Customer(number=n, kind="person", name=f"Bench {n}", since=at, created_at=at, updated_at=at) for n in numbers
    )
    text = STATEMENTS.read_text("utf-8").replace("{tickets}", str(TICKETS)).replace("{customers}", str(CUSTOMERS))
    with transaction.atomic(), connection.cursor() as cursor:
        for part in text.split(MARK)[1:]:
            for statement in part.split("\n", 1)[1].split(";\n"):
                if statement.strip():
                    cursor.execute(statement, {"now": at})


def _close(calendar: Any, *, days: int) -> None:
    """Close the office on a day soon."""
    from rapport.kernel.actors import SYSTEM
    from rapport.service.services import calendars

    day = datetime.now(UTC).date() + timedelta(days=days)
    while day.weekday() > 4:
        day += timedelta(days=1)
    calendars.set_day(calendar, day, "Closed", by=SYSTEM)


def _soonest() -> None:
    from rapport.service.models import Ticket

    rows = Ticket.objects.running().filter(next_breach_at__isnull=False).order_by("next_breach_at", "id")
    list(rows.values("id", "number", "subject", "next_breach_at")[:50])


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    apart.serve(here, run, "Clocks of tickets")
