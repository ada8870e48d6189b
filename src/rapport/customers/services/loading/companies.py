"""The companies that people of a file belong to: found by name or added, and the people made part of them."""

from __future__ import annotations

from rapport.customers.events import Affiliated, CustomerCreated
from rapport.customers.models import Customer
from rapport.kernel import bulk, numbering
from rapport.kernel.bulk import Load

_NAMED = """
CREATE TEMP TABLE load_company ON COMMIT DROP AS
SELECT DISTINCT ON (lower(l.company)) lower(l.company) AS key, l.company AS name, l.country, NULL::uuid AS id,
       NULL::bigint AS number
FROM load_customer l JOIN load_person p USING (seq) JOIN customers_customer c ON c.id = p.customer_id
WHERE l.company IS NOT NULL AND c.kind = 'person' AND c.deleted_at IS NULL ORDER BY lower(l.company), l.seq
"""
_FOUND = """
UPDATE load_company k SET id = c.id FROM (
    SELECT DISTINCT ON (lower(name)) lower(name) AS key, id FROM customers_customer
    WHERE kind = 'company' AND deleted_at IS NULL ORDER BY lower(name), number
) c WHERE c.key = k.key
"""
_NUMBERED = """
UPDATE load_company k SET id = pg_temp.new_id(), number = n.number FROM (
    SELECT key, %(first)s - 1 + row_number() OVER (ORDER BY key) AS number FROM load_company WHERE id IS NULL
) n WHERE n.key = k.key
"""
_INSERT = """
INSERT INTO customers_customer (
    id, number, kind, name, given_name, family_name, stage, language, zone, preferred_channel, street, city, region,
    postcode, country, source, tags, custom, since, created_at, updated_at, sample, search
)
SELECT id, number, 'company', left(name, 200), '', '', 'lead', '', '', '', '', '', '', '', coalesce(country, ''),
       %(source)s, '{}', '{}', %(at)s, %(at)s, %(at)s, false, ''::tsvector
FROM load_company WHERE number IS NOT NULL
"""
_SPANS = """
INSERT INTO customers_stagespan (id, customer_id, stage, entered_at)
SELECT pg_temp.new_id(), id, 'lead', %(at)s FROM load_company WHERE number IS NOT NULL
"""
_CREATED = """
SELECT id AS subject_id, id AS customer_id, %(at)s AS at,
       jsonb_build_object('kind', 'company', 'source', %(source)s) AS data
FROM load_company WHERE number IS NOT NULL
"""
_JOINED = """
CREATE TEMP TABLE load_joined ON COMMIT DROP AS
SELECT pg_temp.new_id() AS id, x.* FROM (
    SELECT DISTINCT ON (p.customer_id, k.id) p.customer_id AS person_id, k.id AS company_id, k.name,
           left(coalesce(l.role, ''), 80) AS role,
           NOT EXISTS (SELECT FROM customers_affiliation a WHERE a.person_id = p.customer_id AND a.until IS NULL)
               AS "primary"
    FROM load_customer l JOIN load_person p USING (seq) JOIN customers_customer c ON c.id = p.customer_id
    JOIN load_company k ON k.key = lower(l.company)
    WHERE c.kind = 'person' AND c.deleted_at IS NULL AND NOT EXISTS (
        SELECT FROM customers_affiliation a
        WHERE a.person_id = p.customer_id AND a.company_id = k.id AND a.until IS NULL
    )
) x
"""
_AFFILIATE = """
INSERT INTO customers_affiliation (id, person_id, company_id, role, "primary")
SELECT id, person_id, company_id, role, "primary" FROM load_joined
"""
_AFFILIATED = """
SELECT person_id AS subject_id, person_id AS customer_id, %(at)s AS at, jsonb_strip_nulls(jsonb_build_object(
    'company_id', company_id, 'company_name', name, 'role', nullif(role, '')
)) AS data FROM load_joined
"""
_MEMBERS = """
INSERT INTO load_touched SELECT person_id FROM load_joined
"""
_OF_KNOWN = """
SELECT id FROM load_joined j WHERE NOT EXISTS (SELECT FROM load_new n WHERE n.customer_id = j.person_id)
"""


def affiliate(load: Load) -> None:
    """Add the companies that are not there and make the file's people part of theirs."""
    if not bulk.any_row("SELECT FROM load_customer WHERE company IS NOT NULL"):
        return
    bulk.run(load, _NAMED)
    bulk.run(load, _FOUND)
    fresh = bulk.number("SELECT count(*) FROM load_company WHERE id IS NULL")
    if fresh:
        bulk.run(load, _NUMBERED, first=numbering.take("customer", fresh)[0])
        bulk.run(load, _INSERT)
        bulk.run(load, _SPANS)
        bulk.announce(load, CustomerCreated, Customer._meta.label_lower, _CREATED)
        bulk.run(load, "INSERT INTO load_reindex SELECT id FROM load_company WHERE number IS NOT NULL")
    if bulk.run(load, _JOINED):
        bulk.run(load, _AFFILIATE)
        bulk.added(load, "customers_affiliation", _OF_KNOWN)
        bulk.announce(load, Affiliated, Customer._meta.label_lower, _AFFILIATED)
        bulk.run(load, _MEMBERS)
