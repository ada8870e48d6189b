"""The history of the scores: how they stood at the end of each month, kept where they changed.

At the turn of a month the scores are copied as they stand. Months before an installation's first scores are worked out
from what was known then, one at a time and only where that is quick.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from django.db import connection, transaction

from rapport.insight.elements.catalogue import ELEMENTS
from rapport.insight.elements.score import elements_at
from rapport.insight.elements.write import copy_in, written
from rapport.insight.metrics.periods import month_start
from rapport.insight.metrics.scope import Scope

MONTHS = 24
"""So many months are kept: at most as many rows per customer, and the one that held before."""
BACK = 12
"""So many months are worked out afterwards."""
NAMES = ("index", *ELEMENTS)
_COLUMNS = ", ".join(f'"{name}"' for name in NAMES)
_ROUNDED = ", ".join(f'round(s."{name}")::smallint' for name in NAMES)
_FLOATS = ", ".join(f'"{name}" float8' for name in NAMES)
_LAST = ", ".join(f'p."{name}"' for name in NAMES)
_KEEP = f"""
INSERT INTO insight_scorepoint (customer_id, "on", {_COLUMNS})
SELECT s.customer_id, %(on)s, {_ROUNDED} FROM {{source}} s
JOIN customers_customer c ON c.id = s.customer_id
LEFT JOIN LATERAL (
    SELECT * FROM insight_scorepoint p WHERE p.customer_id = s.customer_id AND p."on" <= %(on)s
    ORDER BY p."on" DESC LIMIT 1
) p ON true
WHERE s."index" IS NOT NULL AND ({_ROUNDED}) IS DISTINCT FROM ({_LAST})
ON CONFLICT DO NOTHING
"""
_FORGET = """
DELETE FROM insight_scorepoint p WHERE "on" < %(cut)s AND EXISTS (
    SELECT FROM insight_scorepoint n WHERE n.customer_id = p.customer_id AND n."on" > p."on" AND n."on" <= %(cut)s
)
"""


def month_end(day: date, months: int = 0) -> date:
    """Return the last day of the month `months` after that of `day`."""
    return month_start(day, months + 1) - timedelta(days=1)


def turn(before: date | None, day: date) -> int:
    """Keep the scores as they stand when a month has ended since `before`, the day they were worked out for.

    day: the day they are about to be worked out for. Returns how many customers got a new row.
    """
    if before is None or month_start(before) >= month_start(day):
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KEEP.format(source="insight_score"), {"on": month_end(before)})
        kept: int = cursor.rowcount
        cursor.execute(_FORGET, {"cut": month_end(day, -MONTHS)})
        return kept


def next_month(last: date | None, first: date, day: date) -> date | None:
    """Return the end of the next month to look back at: after `last`, or the first with facts; None when all are in.

    first: the day of the oldest fact; day: the present one, whose month is not over. Goes `BACK` months back.
    """
    start = max(month_end(first), month_end(day, -BACK))
    found = max(start, month_end(last, 1)) if last else start
    return found if found < month_start(day) else None


def look_back(scope: Scope, on: date, folder: Path) -> int:
    """Work out the scores as of the end of `on` from what was known then; return how many rows that made."""
    query = scope.lake.backend.compile(elements_at(scope, on))
    with written(scope.lake, query, folder) as path, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE past_score (customer_id uuid, {_FLOATS}) ON COMMIT DROP")
        copy_in(path, "past_score", ("customer_id", *NAMES))
        cursor.execute(_KEEP.format(source="past_score"), {"on": on})
        made: int = cursor.rowcount
        return made
