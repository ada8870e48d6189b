"""Which staged customers are one, and which are there already.

A customer is known by number, else by e-mail, else by handle; one without any of them by name, postcode, city and
phone together. A number or address that stands twice in a file is an error of the second row, which names the
first; in files that repeat the customer on every row (`once`) the rows are put together instead.
"""

from __future__ import annotations

from rapport.kernel import bulk
from rapport.kernel.bulk import Load

_FIELDS = (
    "kind", "name", "given_name", "family_name", "company", "role", "street", "city", "region", "postcode", "country",
    "language", "birthday", "stage", "tags", "note", "source", "since", "custom", "consent_email", "consent_sms",
    "consent_phone", "refuse_email", "refuse_sms",
)  # fmt: skip
_RANK = "CASE kind WHEN 'external' THEN 0 WHEN 'email' THEN 1 WHEN 'handle' THEN 2 END"

_FAILED = "SELECT count(DISTINCT seq) FROM load_fault WHERE noun = 'customer' AND NOT warning"
_SHARED = """
CREATE TEMP TABLE load_shared ON COMMIT DROP AS
SELECT kind, namespace, normal, min(seq) AS lead FROM load_identity WHERE kind <> 'phone'
GROUP BY kind, namespace, normal HAVING min(seq) <> max(seq)
"""
_KEYS = f"""
CREATE TEMP TABLE load_key ON COMMIT DROP AS
SELECT DISTINCT ON (seq) seq, kind, namespace, normal FROM load_identity WHERE kind <> 'phone'
ORDER BY seq, {_RANK}, place
"""
_REPEATED = """
CREATE TEMP TABLE load_repeated ON COMMIT DROP AS
SELECT k.seq, first_value(k.seq) OVER same AS lead, c.once
FROM load_key k JOIN load_shared USING (kind, namespace, normal) JOIN load_customer c USING (seq)
WINDOW same AS (PARTITION BY k.kind, k.namespace, k.normal ORDER BY k.seq)
"""
_FIRST_FILLED = ", ".join(
    f"(array_agg(to_jsonb(c.{name}) ORDER BY c.seq) FILTER (WHERE c.{name} IS NOT NULL))[1] AS {name}"
    for name in _FIELDS
)
_PUT_TOGETHER = f"""
UPDATE load_customer l SET ({", ".join(_FIELDS)}) = (
    SELECT {", ".join(f"r.{name}" for name in _FIELDS)} FROM jsonb_populate_record(NULL::load_customer, to_jsonb(g)) r
)
FROM (
    SELECT d.lead, {_FIRST_FILLED} FROM load_repeated d JOIN load_customer c USING (seq)
    WHERE d.once AND d.lead IN (SELECT lead FROM load_repeated WHERE seq <> lead AND once) GROUP BY d.lead
) g WHERE l.seq = g.lead
"""
_MOVE_IDENTITIES = """
UPDATE load_identity i SET seq = d.lead FROM load_repeated d WHERE d.seq = i.seq AND d.lead <> d.seq AND d.once
"""
_ONE_OF_EACH = """
DELETE FROM load_identity i USING (
    SELECT ctid, row_number() OVER (PARTITION BY seq, kind, namespace, normal ORDER BY place) AS n FROM load_identity
) d WHERE d.ctid = i.ctid AND d.n > 1
"""
_FAULT_REPEATED = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT d.seq, 'customer', 'key-twice', k.kind, k.normal, d.lead
FROM load_repeated d JOIN load_key k USING (seq) WHERE d.lead <> d.seq AND NOT d.once
"""
_FAULT_SHARED = """
INSERT INTO load_fault (seq, noun, code, field, value, first, warning)
SELECT DISTINCT ON (x.seq) x.seq, 'customer', 'key-twice', x.kind, x.normal, x.lead, c.once
FROM (
    SELECT seq, kind, normal, first_value(seq) OVER (PARTITION BY kind, namespace, normal ORDER BY seq) AS lead
    FROM load_identity JOIN load_shared USING (kind, namespace, normal)
) x JOIN load_customer c USING (seq) WHERE x.seq <> x.lead ORDER BY x.seq, x.lead
"""
_DROP_SHARED = """
DELETE FROM load_identity i USING (
    SELECT i.ctid, seq, first_value(seq) OVER (PARTITION BY kind, namespace, normal ORDER BY seq) AS lead
    FROM load_identity i JOIN load_shared USING (kind, namespace, normal)
) x WHERE x.ctid = i.ctid AND x.seq <> x.lead
"""
_NAMELESS = """
CREATE TEMP TABLE load_nameless ON COMMIT DROP AS
SELECT c.seq, c.once,
       coalesce(c.name, nullif(concat_ws(' ', c.given_name, c.family_name), ''), c.company, '') AS name,
       coalesce(c.postcode, '') AS postcode, coalesce(c.city, '') AS city,
       coalesce((SELECT min(i.match_key) FROM load_identity i WHERE i.seq = c.seq AND i.kind = 'phone'), '') AS phone
FROM load_customer c WHERE NOT EXISTS (SELECT FROM load_identity i WHERE i.seq = c.seq AND i.kind <> 'phone')
"""
_FAULT_NAMELESS = """
INSERT INTO load_fault (seq, noun, code, field, value, first, warning)
SELECT seq, 'customer', 'same-customer', 'name', name, lead, once FROM (
    SELECT *, first_value(seq) OVER (PARTITION BY name, postcode, city, phone ORDER BY seq) AS lead FROM load_nameless
) x WHERE seq <> lead
"""
_DROP_FAULTY = """
DELETE FROM load_customer c USING load_fault f WHERE f.seq = c.seq AND f.noun = 'customer' AND NOT f.warning
"""
_DROP_MERGED = """
DELETE FROM load_customer c USING load_repeated d WHERE d.seq = c.seq AND d.lead <> d.seq AND d.once
"""
_DROP_SAME_NAMELESS = """
DELETE FROM load_customer c USING load_fault f WHERE f.seq = c.seq AND f.code = 'same-customer'
"""
_DROP_ORPHANS = "DELETE FROM load_identity i WHERE NOT EXISTS (SELECT FROM load_customer c WHERE c.seq = i.seq)"

_MATCH = f"""
CREATE TEMP TABLE load_match ON COMMIT DROP AS
SELECT DISTINCT ON (seq) seq, customer_id FROM (
    SELECT i.seq, t.customer_id, {_RANK.replace("kind", "i.kind")} AS rank, i.place
    FROM load_identity i JOIN customers_identity t USING (kind, namespace, normal) WHERE i.kind <> 'phone'
    UNION ALL
    SELECT n.seq, c.id, 3, 0 FROM load_nameless n
    JOIN customers_customer c ON c.name = n.name AND c.postcode = n.postcode AND c.city = n.city
         AND c.deleted_at IS NULL
    WHERE n.name <> '' AND (
        SELECT coalesce(min(t.match_key) FILTER (WHERE t.kind = 'phone'), '') = n.phone
               AND count(*) FILTER (WHERE t.kind <> 'phone') = 0
        FROM customers_identity t WHERE t.customer_id = c.id
    )
    UNION ALL
    SELECT n.seq, t.customer_id, 3, 1 FROM load_nameless n
    JOIN customers_identity t ON t.match_key = n.phone AND t.kind = 'phone'
    WHERE n.name = '' AND n.phone <> ''
) found ORDER BY seq, rank, place, customer_id
"""
# A customer that an earlier part of the load has written already.
_FAULT_EARLIER = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT m.seq, 'customer', CASE WHEN k.normal IS NULL THEN 'same-customer' ELSE 'key-twice' END, coalesce(k.kind, ''),
       coalesce(k.normal, c.name), p.seq
FROM load_match m
JOIN load_person p ON p.customer_id = m.customer_id
JOIN customers_customer c ON c.id = m.customer_id
LEFT JOIN LATERAL (
    SELECT i.kind, i.normal FROM load_identity i JOIN customers_identity t USING (kind, namespace, normal)
    WHERE i.seq = m.seq AND i.kind <> 'phone' AND t.customer_id = m.customer_id ORDER BY i.kind LIMIT 1
) k ON true
"""
_FAULT_SAME_EXISTING = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT x.seq, 'customer', 'same-customer', '', c.name, x.lead FROM (
    SELECT seq, customer_id, first_value(seq) OVER (PARTITION BY customer_id ORDER BY seq) AS lead FROM load_match
) x JOIN customers_customer c ON c.id = x.customer_id WHERE x.seq <> x.lead
"""
_DROP_SAME_EXISTING = """
DELETE FROM load_match m USING load_fault f WHERE f.seq = m.seq AND f.noun = 'customer' AND NOT f.warning
"""
_TAKEN = """
INSERT INTO load_fault (seq, noun, code, field, value, warning)
SELECT i.seq, 'customer', 'identity-taken', i.kind, i.normal, true
FROM load_identity i JOIN customers_identity t USING (kind, namespace, normal) JOIN load_match m ON m.seq = i.seq
WHERE i.kind <> 'phone' AND t.customer_id <> m.customer_id
"""
_DROP_TAKEN = """
DELETE FROM load_identity i USING customers_identity t, load_match m
WHERE t.kind = i.kind AND t.namespace = i.namespace AND t.normal = i.normal AND m.seq = i.seq
      AND i.kind <> 'phone' AND t.customer_id <> m.customer_id
"""


def match(load: Load, *, all_new: bool = False) -> int:
    """Put rows of one key together, set faulty ones aside, and find those that are there (`load_match`).

    With `all_new` the caller knows that every row has a number or address that stands nowhere else, in the file or
    in the database; then nothing is looked for. Returns how many rows were set aside.
    """
    if all_new:
        bulk.run(load, "CREATE TEMP TABLE load_match (seq bigint, customer_id uuid) ON COMMIT DROP")
        return 0
    before = bulk.number(_FAILED)
    bulk.run(load, "ANALYZE load_customer")
    if bulk.run(load, _SHARED):
        _settle_shared(load)
    bulk.run(load, _NAMELESS)
    if bulk.run(load, _FAULT_NAMELESS):
        bulk.run(load, _DROP_SAME_NAMELESS)
    bulk.run(load, _MATCH)
    for statement in (_FAULT_EARLIER, _FAULT_SAME_EXISTING):
        if bulk.run(load, statement):
            bulk.run(load, _DROP_FAULTY)
            bulk.run(load, _DROP_SAME_EXISTING)
    if bulk.run(load, _TAKEN):
        bulk.run(load, _DROP_TAKEN)
    failed = bulk.number(_FAILED)
    if failed > before:
        bulk.run(load, _DROP_ORPHANS)
    return failed - before


def _settle_shared(load: Load) -> None:
    """Numbers and addresses that stand at several rows: one customer, or an error of the later rows."""
    for statement in (_KEYS, "ANALYZE load_key", _REPEATED, "ANALYZE load_repeated"):
        bulk.run(load, statement)
    if bulk.number("SELECT count(*) FROM load_repeated WHERE seq <> lead"):
        for statement in (_FAULT_REPEATED, _DROP_FAULTY, _PUT_TOGETHER, _MOVE_IDENTITIES, _ONE_OF_EACH, _DROP_MERGED):
            bulk.run(load, statement)
    if bulk.run(load, _FAULT_SHARED):
        bulk.run(load, _DROP_FAULTY)
        bulk.run(load, _DROP_SHARED)
    bulk.run(load, _DROP_ORPHANS)
