"""Merging products, those included that only lines name: they are known by their number.

A file of products says how they are now; what lines say of a product only fills what is empty.
"""

from __future__ import annotations

from itertools import islice

from django.db import connection

from rapport.commerce.events import ProductChanged
from rapport.commerce.models import Product
from rapport.kernel import bulk, search
from rapport.kernel.bulk import Counts, Load

_OF_LINES = """
INSERT INTO load_product (seq, once, sku, name)
SELECT min(l.seq), true, l.sku, (array_agg(l.name ORDER BY l.seq) FILTER (WHERE l.name IS NOT NULL))[1]
FROM load_line l
WHERE l.sku IS NOT NULL AND NOT EXISTS (SELECT FROM load_product p WHERE p.sku = l.sku)
      AND NOT EXISTS (SELECT FROM commerce_product p WHERE p.sku = l.sku)
GROUP BY l.sku
"""
_FAULTS = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT seq, 'product', 'key-twice', 'sku', sku, lead FROM (
    SELECT seq, sku, once, first_value(seq) OVER (PARTITION BY sku ORDER BY seq) AS lead FROM load_product
) x WHERE seq <> lead AND NOT once
"""
_ONE_EACH = """
CREATE TEMP TABLE load_product_row ON COMMIT DROP AS
SELECT coalesce(p.id, pg_temp.new_id()) AS id, p.id IS NULL AS fresh, x.sku,
       left(CASE WHEN coalesce(p.name, '') = '' OR (NOT x.once AND x.name IS NOT NULL)
                 THEN coalesce(x.name, '') ELSE p.name END, 300) AS name,
       left(CASE WHEN coalesce(p.category, '') = '' OR (NOT x.once AND x.category IS NOT NULL)
                 THEN coalesce(x.category, '') ELSE p.category END, 120) AS category,
       CASE WHEN x.once THEN coalesce(p.price_minor, x.price) ELSE coalesce(x.price, p.price_minor) END AS price_minor,
       CASE WHEN x.once THEN coalesce(p.cost_minor, x.cost) ELSE coalesce(x.cost, p.cost_minor) END AS cost_minor,
       CASE WHEN coalesce(p.currency, '') = '' AND (x.price IS NOT NULL OR x.cost IS NOT NULL)
            THEN coalesce(x.currency, %(currency)s) ELSE coalesce(p.currency, '') END AS currency,
       CASE WHEN x.once THEN coalesce(x.custom, '{}') || coalesce(p.custom, '{}')
            ELSE coalesce(p.custom, '{}') || coalesce(x.custom, '{}') END AS custom
FROM (
    SELECT sku, bool_and(once) AS once,
           (array_agg(name ORDER BY seq) FILTER (WHERE name IS NOT NULL))[1] AS name,
           (array_agg(category ORDER BY seq) FILTER (WHERE category IS NOT NULL))[1] AS category,
           (array_agg(price ORDER BY seq) FILTER (WHERE price IS NOT NULL))[1] AS price,
           (array_agg(cost ORDER BY seq) FILTER (WHERE cost IS NOT NULL))[1] AS cost,
           (array_agg(currency ORDER BY seq) FILTER (WHERE currency IS NOT NULL))[1] AS currency,
           (array_agg(custom ORDER BY seq) FILTER (WHERE custom IS NOT NULL))[1] AS custom
    FROM load_product l WHERE NOT EXISTS (SELECT FROM load_fault f WHERE f.seq = l.seq AND f.noun = 'product')
    GROUP BY sku
) x LEFT JOIN commerce_product p USING (sku)
"""
_INSERT = """
INSERT INTO commerce_product
    (id, sku, name, category, price_minor, cost_minor, currency, custom, created_at, updated_at, sample, search)
SELECT id, sku, name, category, price_minor, cost_minor, currency, custom, %(at)s, %(at)s, false, ''::tsvector
FROM load_product_row WHERE fresh
"""
_DIFFERENT = """
CREATE TEMP TABLE load_product_change ON COMMIT DROP AS
SELECT r.id, (
    SELECT jsonb_object_agg(v.field, v.old) FROM (VALUES
        ('name', to_jsonb(p.name), to_jsonb(r.name)), ('category', to_jsonb(p.category), to_jsonb(r.category)),
        ('price_minor', to_jsonb(p.price_minor), to_jsonb(r.price_minor)),
        ('cost_minor', to_jsonb(p.cost_minor), to_jsonb(r.cost_minor)),
        ('currency', to_jsonb(p.currency), to_jsonb(r.currency)), ('custom', p.custom, r.custom)
    ) AS v (field, old, new) WHERE v.old IS DISTINCT FROM v.new
) AS before
FROM load_product_row r JOIN commerce_product p USING (id)
WHERE NOT r.fresh AND (p.name, p.category, p.price_minor, p.cost_minor, p.currency, p.custom)
      IS DISTINCT FROM (r.name, r.category, r.price_minor, r.cost_minor, r.currency, r.custom)
"""
_UPDATE = """
UPDATE commerce_product p SET name = r.name, category = r.category, price_minor = r.price_minor,
       cost_minor = r.cost_minor, currency = r.currency, custom = r.custom, updated_at = %(at)s
FROM load_product_row r JOIN load_product_change c USING (id) WHERE p.id = r.id
"""
_NEWS = """
SELECT r.id AS subject_id, NULL::uuid AS customer_id, %(at)s AS at,
       jsonb_strip_nulls(jsonb_build_object('sku', r.sku)) || CASE WHEN c.before IS NULL THEN '{}'::jsonb
           ELSE jsonb_build_object('before', c.before) END AS data
FROM load_product_row r LEFT JOIN load_product_change c USING (id) WHERE r.fresh OR c.id IS NOT NULL
"""
_INDEXED = """
SELECT p.id, p.sku, p.name FROM commerce_product p JOIN load_product_row r USING (id)
WHERE r.fresh OR p.id IN (SELECT id FROM load_product_change)
"""
_WRITE = """
UPDATE commerce_product p SET search = d.document::tsvector
FROM unnest(%s::uuid[], %s::text[]) AS d (id, document) WHERE d.id = p.id
"""
_BLOCK = 10_000


def merge(load: Load) -> Counts:
    """Add the products that are not there, change those that differ. `load_product_row` has their ids."""
    staged = bulk.number("SELECT count(DISTINCT sku) FROM load_product")
    bulk.run(load, _FAULTS)
    bulk.run(load, _OF_LINES)
    bulk.run(load, _ONE_EACH)
    bulk.run(load, "ANALYZE load_product_row")
    fresh = bulk.run(load, _INSERT)
    changed = bulk.run(load, _DIFFERENT)
    bulk.remember(load, "commerce_product", "SELECT id FROM load_product_change")
    bulk.run(load, _UPDATE)
    bulk.announce(load, ProductChanged, Product._meta.label_lower, _NEWS)
    _index()
    failed = bulk.number("SELECT count(DISTINCT seq) FROM load_fault WHERE noun = 'product'")
    of_lines = bulk.number("SELECT count(*) FROM load_product_row") - staged
    read = staged + of_lines + failed
    return Counts(read, fresh, changed, read - fresh - changed - failed, failed)


def _index() -> None:
    """Write the search documents of new and changed products."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXED)
        rows = iter(cursor.fetchall())
        while block := list(islice(rows, _BLOCK)):
            documents = [search.document(name, also=[search.fold(sku)]) for _, sku, name in block]
            cursor.execute(_WRITE, [[row[0] for row in block], documents])
