"""What has to be found out between staging and merging: lookups through other files, and customers that orders,
reviews, promises and records name without a file of customers.
"""

from __future__ import annotations

from rapport.imports.blocks import DERIVED
from rapport.imports.profiles import Profile, Source
from rapport.imports.staging import TABLE_OF
from rapport.kernel import bulk
from rapport.kernel.bulk import Load

_FOUND = """
UPDATE {table} t SET {field} = l.value FROM (SELECT DISTINCT ON (key) key, value FROM load_link WHERE name = %(link)s) l
WHERE l.key = t.{field}
"""
_LOST = """
UPDATE {table} t SET {field} = NULL
WHERE {field} IS NOT NULL AND NOT EXISTS (SELECT FROM load_link l WHERE l.name = %(link)s AND l.key = t.{field})
"""
# A transaction is an order without lines; those of one customer on one day are told apart by their order in the file.
_ORDERS = """
INSERT INTO load_order (seq, once, number, customer_external, customer_email, placed_at, kind, currency, total)
SELECT seq, false, left(coalesce(customer_external, customer_email, '') || '/' || to_char(day, 'YYYYMMDD') || '/'
       || row_number() OVER (PARTITION BY coalesce(customer_external, customer_email), day ORDER BY seq), 80),
       customer_external, customer_email, at, CASE WHEN amount < 0 THEN 'credit' ELSE 'sale' END, currency, amount
FROM (SELECT *, (at AT TIME ZONE %(zone)s)::date AS day FROM load_transaction) t
"""
_REFERRING = " UNION ALL ".join(
    f"SELECT seq, customer_external, customer_email FROM {table}"
    for table in ("load_order", "load_promise_file", "load_review_file", "load_record")
)
_NAMED = f"""
CREATE TEMP TABLE load_named ON COMMIT DROP AS
SELECT (min(seq) & ~15::bigint) | {DERIVED} AS seq, customer_external, customer_email FROM ({_REFERRING}) r
WHERE NOT EXISTS (
        SELECT FROM load_identity i
        WHERE i.kind = 'external' AND i.namespace = %(namespace)s AND i.normal = customer_external
    ) AND NOT EXISTS (SELECT FROM load_identity i WHERE i.kind = 'email' AND i.normal = customer_email)
    AND NOT EXISTS (
        SELECT FROM customers_identity i
        WHERE i.kind = 'external' AND i.namespace = %(namespace)s AND i.normal = customer_external
    ) AND NOT EXISTS (
        SELECT FROM customers_identity i WHERE i.kind = 'email' AND i.namespace = '' AND i.normal = customer_email
    ) AND (customer_external IS NOT NULL OR customer_email IS NOT NULL)
GROUP BY customer_external, customer_email
"""
_CUSTOMERS = """
INSERT INTO load_customer (seq, once, words)
SELECT seq, true, concat_ws(' ', quote_literal(lower(customer_external)), quote_literal(customer_email)) FROM load_named
"""
_IDENTITIES = """
INSERT INTO load_identity (seq, kind, namespace, value, normal, match_key, place)
SELECT seq, 'external', %(namespace)s, customer_external, customer_external, lower(customer_external), 0
FROM load_named WHERE customer_external IS NOT NULL
UNION ALL
SELECT seq, 'email', '', customer_email, customer_email, customer_email, 0
FROM load_named WHERE customer_email IS NOT NULL
"""
_OWNER = """
LEFT JOIN customers_identity x ON x.kind = 'external' AND x.namespace = %(namespace)s AND x.normal = l.customer_external
LEFT JOIN customers_identity e ON e.kind = 'email' AND e.namespace = '' AND e.normal = l.customer_email
LEFT JOIN LATERAL (
    SELECT t.customer_id FROM customers_identity t
    WHERE l.customer_external IS NULL AND l.customer_email IS NULL AND t.match_key = l.customer_phone
          AND t.kind = 'phone' ORDER BY t.created_at, t.id LIMIT 1
) p ON true
LEFT JOIN commerce_order o ON o.namespace = %(namespace)s AND o.number = l.order_number
"""
_PROMISED = """
INSERT INTO load_promise (
    seq, source_type, source_id, source_label, customer_id, kind, what, made_at, due_on, fulfilled_at, released_at
)
SELECT seq, 'commerce.order', id, number, customer_id, 'delivery', replace(%(delivered)s, '%%s', number), placed_at,
       promised_on, delivered_at, CASE WHEN delivered_at IS NULL THEN cancelled_at END
FROM load_order_row WHERE promised_on IS NOT NULL
"""
_PROMISES = f"""
INSERT INTO load_promise (
    seq, source_type, source_id, source_label, customer_id, kind, what, made_at, due_on, due_at, fulfilled_at
)
SELECT l.seq, 'import', md5(%(namespace)s || '|' || coalesce(l.external, concat_ws(
           '|', l.customer_external, l.customer_email, l.order_number, l.what, l.due_on, l.due_at)))::uuid,
       coalesce(l.external, l.order_number, ''), coalesce(x.customer_id, e.customer_id, p.customer_id, o.customer_id),
       coalesce(l.kind, 'other'), coalesce(l.what, ''), l.made_at, CASE WHEN l.due_at IS NULL THEN l.due_on END,
       l.due_at, l.fulfilled_at
FROM load_promise_file l {_OWNER}
"""
_REVIEWS = f"""
INSERT INTO load_review (
    seq, external, customer_id, order_id, sku, kind, score, scale_low, scale_high, title, text, asked_at, answered_at
)
SELECT l.seq, l.external, coalesce(x.customer_id, e.customer_id, p.customer_id, o.customer_id), o.id, l.sku, l.kind,
       l.score, l.scale_low, l.scale_high, l.title, l.text, l.asked_at, l.answered_at
FROM load_review_file l {_OWNER}
"""


def links(load: Load, profile: Profile) -> None:
    """Put the values found in other files in the place of the keys that stand for them."""
    for extract in profile.nouns:
        for field, source in extract.fields.items():
            if source.through is not None:
                table = TABLE_OF[extract.noun]
                name = link_name(source)
                if source.otherwise == "empty":
                    bulk.run(load, _LOST.format(table=table, field=field), link=name)
                bulk.run(load, _FOUND.format(table=table, field=field), link=name)


def link_name(source: Source) -> str:
    """The name under which the pairs of a lookup are staged."""
    through = source.through
    return f"{through.file}/{through.key}/{through.value}" if through else ""


def customers(load: Load) -> None:
    """Turn transactions into orders, and stage the customers that only orders, promises and reviews name."""
    bulk.run(load, "ANALYZE load_transaction")
    bulk.run(load, _ORDERS)
    for table in ("load_order", "load_identity", "load_review_file", "load_promise_file", "load_record"):
        bulk.run(load, f"ANALYZE {table}")
    if bulk.run(load, _NAMED):
        bulk.run(load, _CUSTOMERS)
        bulk.run(load, _IDENTITIES)


def promises(load: Load, delivered: str) -> None:
    """Stage the delivery days of orders and the promises of files; `delivered` words the former (`Order %s …`)."""
    bulk.run(load, _PROMISED, delivered=delivered)
    bulk.run(load, _PROMISES)


def reviews(load: Load) -> None:
    """Stage the reviews of files with their customers and orders."""
    bulk.run(load, _REVIEWS)
