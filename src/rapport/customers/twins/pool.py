"""Reading customers as they are compared, block by block, straight from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.customers.twins.portrait import Portrait, known

BLOCK = 5_000
_ROWS = """
SELECT c.id, c.kind, c.name, c.given_name, c.family_name, c.birthday, c.street, c.postcode, c.city, c.country,
       coalesce(i.known, '[]'), coalesce(a.employers, '{}')
FROM customers_customer c
LEFT JOIN (
    SELECT customer_id, json_agg(json_build_array(kind, namespace, normal, match_key)) AS known
    FROM customers_identity WHERE customer_id = ANY(%(ids)s) GROUP BY customer_id
) i ON i.customer_id = c.id
LEFT JOIN (
    SELECT person_id, array_agg(company_id::text) AS employers
    FROM customers_affiliation WHERE person_id = ANY(%(ids)s) AND until IS NULL GROUP BY person_id
) a ON a.person_id = c.id
WHERE c.id = ANY(%(ids)s) AND c.deleted_at IS NULL
"""


def portraits(ids: Iterable[UUID]) -> dict[UUID, Portrait]:
    """Return the live ones of these customers as they are compared, by three questions in one."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"ids": list(ids)})
        return {row[0]: _portrait(row) for row in cursor.fetchall()}


def blocks(ids: Iterable[UUID], size: int = BLOCK) -> Iterator[list[UUID]]:
    """Yield `ids` in lists of `size`."""
    rest = iter(ids)
    while block := list(islice(rest, size)):
        yield block


def _portrait(row: tuple[Any, ...]) -> Portrait:
    kind, name, given, family, birthday, street, postcode, city, country, identities, employers = row[1:]
    return Portrait(
        kind, name, given, family, birthday, street, postcode, city, country, known(identities), tuple(employers)
    )
