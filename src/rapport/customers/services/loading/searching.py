"""The search documents of customers that were there already and changed: written anew, block by block."""

from __future__ import annotations

from itertools import islice

from django.db import connection

from rapport.customers import searching

_ROWS = """
SELECT c.id, c.number, c.name, c.city, coalesce(
    (SELECT json_agg(json_build_array(i.kind, i.normal)) FROM customers_identity i WHERE i.customer_id = c.id), '[]'
) FROM customers_customer c WHERE c.id = ANY(%s)
"""
_WRITE = """
UPDATE customers_customer c SET search = d.document::tsvector
FROM unnest(%s::uuid[], %s::text[]) AS d (id, document) WHERE d.id = c.id
"""
_BLOCK = 5000


def reindex() -> None:
    """Write the search documents of the customers in `load_reindex` anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM load_reindex")
        rest = iter([row[0] for row in cursor.fetchall()])
        while block := list(islice(rest, _BLOCK)):
            cursor.execute(_ROWS, [block])
            rows = cursor.fetchall()
            documents = [searching.document(name, number, city, pairs) for _, number, name, city, pairs in rows]
            cursor.execute(_WRITE, [[row[0] for row in rows], documents])
