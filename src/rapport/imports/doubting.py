"""How many of the customers that a file would add may be there already, by another address or spelling."""

from __future__ import annotations

from django.db import connection

from rapport.customers.services.finding import probable

LOOKED_AT = 2_000
_ADDED = "SELECT customer_id, count(*) OVER () FROM (SELECT DISTINCT customer_id FROM load_new) n ORDER BY 1 LIMIT %s"


def probable_duplicates() -> list[dict[str, str]]:
    """Return the note of a dry run that says how many, inside its transaction; none when there are none.

    Of a large file the first 2,000 new customers are looked at, and the note says so.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ADDED, [LOOKED_AT])
        rows = cursor.fetchall()
    found = len(probable(key for key, _count in rows)) if rows else 0
    if not found:
        return []
    code = "probable-duplicates" if rows[0][1] <= LOOKED_AT else "probable-duplicates-of-many"
    return [{"code": code, "file": "", "detail": str(found)}]
