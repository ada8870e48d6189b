"""Writing matched customers: what is new is inserted, what differs is changed, all with their events."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _

from rapport.customers.events import CustomerChanged, CustomerCreated, IdentityAdded
from rapport.customers.models import Customer
from rapport.customers.services import comparing
from rapport.customers.services.loading import companies, consents, searching
from rapport.kernel import bulk, numbering
from rapport.kernel.bulk import Counts, Load

_TEXTS = ("given_name", "family_name", "language", "street", "city", "region", "postcode", "country", "source")

_FRESH = """
CREATE TEMP TABLE load_fresh ON COMMIT DROP AS
SELECT c.seq, pg_temp.new_id() AS customer_id, %(first)s - 1 + row_number() OVER (ORDER BY c.seq) AS number,
       coalesce(c.kind, CASE WHEN coalesce(c.name, c.given_name, c.family_name) IS NULL AND c.company IS NOT NULL
                             THEN 'company' ELSE 'person' END) AS kind,
       coalesce(c.source, %(source)s) AS source
FROM load_customer c LEFT JOIN load_match m USING (seq) WHERE m.seq IS NULL
"""
_INSERT = """
INSERT INTO customers_customer (
    id, number, kind, name, given_name, family_name, stage, language, zone, preferred_channel, birthday, street, city,
    region, postcode, country, source, tags, custom, since, created_at, updated_at, sample, search
)
SELECT n.customer_id, n.number,
       n.kind, left(coalesce(c.name, nullif(concat_ws(' ', c.given_name, c.family_name), ''), c.company, ''), 200),
       coalesce(c.given_name, ''), coalesce(c.family_name, ''), coalesce(c.stage, 'lead'), coalesce(c.language, ''),
       '', '', c.birthday, coalesce(c.street, ''), coalesce(c.city, ''), coalesce(c.region, ''),
       coalesce(c.postcode, ''), coalesce(c.country, ''), n.source, coalesce(c.tags, '{}'),
       coalesce(c.custom, '{}'), coalesce(c.since, %(at)s), %(at)s, %(at)s, false,
       (coalesce(c.words, '') || ' ''c-' || n.number || '''')::tsvector
FROM load_fresh n JOIN load_customer c USING (seq) ORDER BY n.number
"""
_INSERT_IDENTITIES = """
INSERT INTO customers_identity
    (id, customer_id, kind, namespace, value, normal, match_key, label, "primary", created_at)
SELECT pg_temp.new_id(), n.customer_id, i.kind, i.namespace, i.value, i.normal, i.match_key, '', i.place = 0, %(at)s
FROM load_fresh n JOIN load_identity i USING (seq)
"""
_MORE = """
CREATE TEMP TABLE load_added ON COMMIT DROP AS
SELECT pg_temp.new_id() AS id, m.customer_id, i.kind, i.namespace, i.value, i.normal, i.match_key,
       i.place = 0 AND NOT EXISTS (
           SELECT FROM customers_identity p WHERE p.customer_id = m.customer_id AND p.kind = i.kind AND p.primary
       ) AS "primary"
FROM load_match m JOIN load_identity i USING (seq) JOIN customers_customer c ON c.id = m.customer_id
WHERE c.deleted_at IS NULL AND NOT EXISTS (
    SELECT FROM customers_identity t WHERE t.customer_id = m.customer_id AND t.kind = i.kind
           AND t.namespace = i.namespace AND t.normal = i.normal
)
"""
_INSERT_MORE = """
INSERT INTO customers_identity
    (id, customer_id, kind, namespace, value, normal, match_key, label, "primary", created_at)
SELECT id, customer_id, kind, namespace, value, normal, match_key, '', "primary", %(at)s FROM load_added
"""
_SPANS = """
INSERT INTO customers_stagespan (id, customer_id, stage, entered_at)
SELECT pg_temp.new_id(), n.customer_id, coalesce(c.stage, 'lead'), %(at)s
FROM load_fresh n JOIN load_customer c USING (seq)
"""
_CREATED = """
SELECT n.customer_id AS subject_id, n.customer_id, %(at)s AS at,
       jsonb_build_object('kind', n.kind, 'source', n.source) AS data
FROM load_fresh n
"""
_ADDED = """
SELECT customer_id AS subject_id, customer_id, %(at)s AS at,
       jsonb_build_object('identity_id', id, 'kind', kind, 'value', normal) AS data
FROM load_added
"""


def _either(column: str) -> str:
    """The new value of a text column, as the load fills what is empty or replaces what is there."""
    return (
        f"CASE WHEN l.{column} IS NOT NULL AND (%(overwrite)s OR c.{column} = '') THEN l.{column} ELSE c.{column} END "
        f"AS {column}"
    )


_NAME = """
CASE WHEN x.name <> '' AND (%(overwrite)s OR c.name = '') THEN x.name ELSE c.name END AS name
"""
_WANTED = f"""
CREATE TEMP TABLE load_wanted ON COMMIT DROP AS
SELECT c.id, {_NAME}, {", ".join(_either(column) for column in _TEXTS)},
       CASE WHEN l.birthday IS NOT NULL AND (%(overwrite)s OR c.birthday IS NULL) THEN l.birthday ELSE c.birthday END
           AS birthday,
       CASE WHEN l.tags IS NULL OR l.tags <@ c.tags::text[] THEN c.tags::text[]
            ELSE c.tags::text[] || ARRAY(SELECT t FROM unnest(l.tags) t WHERE t <> ALL (c.tags::text[])) END AS tags,
       CASE WHEN l.custom IS NULL THEN c.custom WHEN %(overwrite)s THEN c.custom || l.custom
            ELSE l.custom || c.custom END AS custom
FROM load_match m JOIN load_customer l USING (seq) JOIN customers_customer c ON c.id = m.customer_id
CROSS JOIN LATERAL (
    SELECT left(coalesce(l.name, nullif(concat_ws(' ', l.given_name, l.family_name), ''), ''), 200) AS name
) x WHERE c.deleted_at IS NULL
"""
_COLUMNS = ("name", *_TEXTS, "birthday", "tags", "custom")
_PLAIN = [name for name in _COLUMNS if name != "custom"]
_CHANGES = f"""
CREATE TEMP TABLE load_change ON COMMIT DROP AS
SELECT w.*, (
    SELECT jsonb_object_agg(v.field, jsonb_build_array(v.old, v.new)) FROM (
        VALUES {", ".join(f"('{name}', to_jsonb(c.{name}), to_jsonb(w.{name}))" for name in _PLAIN)}
        UNION ALL SELECT 'custom.' || key, c.custom -> key, w.custom -> key FROM jsonb_object_keys(w.custom) AS key
    ) AS v (field, old, new) WHERE v.old IS DISTINCT FROM v.new
) AS changes
FROM load_wanted w JOIN customers_customer c USING (id)
WHERE ({", ".join(f"w.{name}" for name in _COLUMNS if name != "tags")}, w.tags::text) IS DISTINCT FROM
      ({", ".join(f"c.{name}" for name in _COLUMNS if name != "tags")}, c.tags::text)
"""
_UPDATE = f"""
UPDATE customers_customer c SET {", ".join(f"{name} = w.{name}" for name in _COLUMNS)}, updated_at = %(at)s
FROM load_change w WHERE w.id = c.id
"""
_CHANGED = """
SELECT w.id AS subject_id, w.id AS customer_id, %(at)s AS at, jsonb_build_object(
    'summary', %(changed)s || (SELECT string_agg(coalesce(%(labels)s::jsonb ->> k, split_part(k, '.', 2)), ', ')
                               FROM jsonb_object_keys(w.changes) k),
    'changes', w.changes
) AS data FROM load_change w
"""
_REINDEX = """
INSERT INTO load_reindex SELECT customer_id AS id FROM load_added UNION SELECT id FROM load_change
"""


def write(load: Load, failed: int) -> Counts:
    """Insert new customers, change those that differ, and return what became of the rows.

    They are added to `load_new` and `load_person` (seq to customer), which the domains above read.
    """
    matched = bulk.number("SELECT count(*) FROM load_match")
    fresh = bulk.number("SELECT count(*) FROM load_customer") - matched
    if fresh:
        _write_new(load, fresh)
    bulk.run(load, "CREATE TEMP TABLE load_reindex (id uuid NOT NULL) ON COMMIT DROP")
    bulk.run(load, "CREATE TEMP TABLE load_touched (id uuid NOT NULL) ON COMMIT DROP")
    if matched:
        bulk.run(load, "INSERT INTO load_person SELECT seq, customer_id FROM load_match")
        _write_known(load)
    companies.affiliate(load)
    consents.record(load)
    searching.reindex()
    comparing.mark_rows("SELECT id FROM load_touched UNION SELECT id FROM load_reindex", matched)
    updated = bulk.number("SELECT count(DISTINCT t.id) FROM load_touched t JOIN load_match m ON m.customer_id = t.id")
    return Counts(fresh + matched + failed, fresh, updated, matched - updated, failed)


def _write_new(load: Load, count: int) -> None:
    bulk.run(load, _FRESH, first=numbering.take("customer", count)[0])
    bulk.run(load, "INSERT INTO load_new SELECT seq, customer_id FROM load_fresh")
    bulk.run(load, "INSERT INTO load_person SELECT seq, customer_id FROM load_fresh")
    bulk.run(load, _INSERT)
    bulk.run(load, _INSERT_IDENTITIES)
    bulk.run(load, _SPANS)
    bulk.announce(load, CustomerCreated, Customer._meta.label_lower, _CREATED)
    comparing.mark_rows("SELECT customer_id FROM load_fresh", count)


def _write_known(load: Load) -> None:
    """Give customers who are there the identities that they lack, and the values that differ."""
    for statement in (_MORE, _WANTED, _CHANGES, _REINDEX, "INSERT INTO load_touched SELECT id FROM load_reindex"):
        bulk.run(load, statement)
    bulk.remember(load, "customers_customer", "SELECT id FROM load_reindex")
    bulk.run(load, _INSERT_MORE)
    bulk.added(load, "customers_identity", "SELECT id FROM load_added")
    bulk.announce(load, IdentityAdded, Customer._meta.label_lower, _ADDED)
    if bulk.run(load, _UPDATE):
        labels = {name: str(Customer._meta.get_field(name).verbose_name) for name in _COLUMNS}  # type: ignore[union-attr]
        changed = _("changed %(fields)s") % {"fields": ""}
        subject = Customer._meta.label_lower
        bulk.announce(load, CustomerChanged, subject, _CHANGED, labels=json.dumps(labels), changed=changed)
