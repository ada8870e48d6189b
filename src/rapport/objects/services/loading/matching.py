"""Which staged records are there already, whose they are and who looks after them.

A record is known by its number in another system, else by its number here; a row that gives neither is new, unless a
record with all the same values is there. What a row names and is not there is an error of that row.
"""

from __future__ import annotations

from django.db.models.expressions import RawSQL

from rapport.kernel import bulk
from rapport.kernel.bulk import Load
from rapport.objects.models import SLOTS, Record
from rapport.objects.permissions import CHANGE

DROP_FAULTY = """
DELETE FROM load_thing x USING load_fault f WHERE f.seq = x.seq AND f.noun = x.noun AND NOT f.warning
"""
_TWICE = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT seq, noun, 'key-twice', '{field}', {value}, lead FROM (
    SELECT *, first_value(seq) OVER (PARTITION BY type_id, {key} ORDER BY seq) AS lead
    FROM load_thing WHERE {key} IS NOT NULL
) x WHERE seq <> lead
"""
_BY_REFERENCE = """
UPDATE load_thing x SET id = r.id FROM objects_record r
WHERE r.type_id = x.type_id AND r.reference = x.reference AND NOT r.reference = ''
"""
_BY_NUMBER = """
UPDATE load_thing x SET id = r.id FROM objects_record r
WHERE x.id IS NULL AND r.type_id = x.type_id AND r.number = x.number
"""
_UNKNOWN = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT seq, noun, 'record-unknown', 'number', asked FROM load_thing WHERE id IS NULL AND asked IS NOT NULL
"""
_FIELD = "CASE WHEN x.reference IS NULL THEN 'number' ELSE 'reference' END, coalesce(x.reference, x.asked)"
_TRASHED = f"""
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT x.seq, x.noun, 'record-trashed', {_FIELD}
FROM load_thing x JOIN objects_record r ON r.id = x.id WHERE r.deleted_at IS NOT NULL
"""
_THEIRS = f"""
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT x.seq, x.noun, 'record-theirs', {_FIELD} FROM load_thing x WHERE x.id = ANY(%(theirs)s)
"""
_OWNERS = """
UPDATE load_thing x SET owner_id = u.id FROM load_record l, (
    SELECT lower(email) AS key, id FROM team_user WHERE deactivated_at IS NULL
    UNION ALL
    SELECT lower(name), (array_agg(id))[1] FROM team_user WHERE deactivated_at IS NULL
    GROUP BY lower(name) HAVING count(*) = 1
) u WHERE l.seq = x.seq AND u.key = lower(l.owner)
"""
_NOBODY = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT x.seq, x.noun, 'owner-unknown', 'owner', l.owner
FROM load_thing x JOIN load_record l USING (seq) WHERE l.owner IS NOT NULL AND x.owner_id IS NULL
"""
_ANYBODYS = """
SELECT FROM load_record WHERE coalesce(customer, customer_external, customer_email, customer_phone) IS NOT NULL
"""
_NAMED = """
CREATE TEMP TABLE load_by_name ON COMMIT DROP AS
SELECT lower(name) AS key, (array_agg(id))[1] AS id, count(*) AS found FROM customers_customer
WHERE deleted_at IS NULL AND lower(name) IN (SELECT lower(customer) FROM load_record) GROUP BY 1
"""
_WHOSE = """
CREATE TEMP TABLE load_whose ON COMMIT DROP AS
SELECT l.seq, n.found, coalesce(
           x.customer_id, c.merged_into_id, c.id, f.customer_id, e.customer_id, p.customer_id,
           CASE WHEN n.found = 1 THEN n.id END) AS customer_id
FROM load_record l
LEFT JOIN customers_identity x ON x.kind = 'external' AND x.namespace = %(namespace)s AND x.normal = l.customer_external
LEFT JOIN customers_customer c
    ON c.number = CASE WHEN l.customer ~* '^c-[0-9]{1,15}$' THEN substr(l.customer, 3)::bigint END
       AND (c.deleted_at IS NULL OR c.merged_into_id IS NOT NULL)
LEFT JOIN customers_identity f ON f.kind = 'external' AND f.namespace = %(namespace)s AND f.normal = l.customer
LEFT JOIN customers_identity e ON e.kind = 'email' AND e.namespace = '' AND e.normal = l.customer_email
LEFT JOIN LATERAL (
    SELECT t.customer_id FROM customers_identity t WHERE t.kind = 'phone' AND t.match_key = l.customer_phone
    ORDER BY t.created_at, t.id LIMIT 1
) p ON true
LEFT JOIN load_by_name n ON n.key = lower(l.customer)
WHERE coalesce(l.customer, l.customer_external, l.customer_email, l.customer_phone) IS NOT NULL
"""
_NOBODYS = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT x.seq, x.noun, CASE WHEN w.found > 1 THEN 'customer-unclear' ELSE 'customer-unknown' END,
       CASE WHEN l.customer IS NOT NULL THEN 'customer' WHEN l.customer_external IS NOT NULL THEN 'customer_external'
            WHEN l.customer_email IS NOT NULL THEN 'customer_email' ELSE 'customer_phone' END,
       coalesce(l.customer, l.customer_external, l.customer_email, l.customer_phone)
FROM load_thing x JOIN load_record l USING (seq) JOIN load_whose w USING (seq) WHERE w.customer_id IS NULL
"""
_PRINT = "jsonb_build_array({0}, {1}.customer_id, {1}.owner_id, {2}, {3})::text"
_LED = ", ".join(f"x.link_{slot}" for slot in SLOTS)
_STAGED = _PRINT.format("coalesce(x.name, '')", "x", _LED, "t.begins || x.custom")
_KEPT = _PRINT.format("r.name", "r", ", ".join(f"r.link_{slot}_id" for slot in SLOTS), "r.custom")
_STAGED_PRINTS = f"""
CREATE TEMP TABLE load_print ON COMMIT DROP AS
SELECT x.seq, x.type_id, x.id AS was, md5({_STAGED}) AS print FROM load_thing x JOIN load_type t ON t.id = x.type_id
WHERE (%(led)s OR NOT EXISTS (SELECT FROM load_record l WHERE l.seq = x.seq AND l.links IS NOT NULL))
      AND (x.id IS NULL OR x.fresh) AND x.reference IS NULL AND x.asked IS NULL
"""
_KEPT_PRINTS = f"""
CREATE TEMP TABLE load_kept_print ON COMMIT DROP AS
SELECT r.id, r.type_id, r.number, md5({_KEPT}) AS print FROM objects_record r
WHERE r.type_id IN (SELECT type_id FROM load_print) AND r.reference = '' AND r.deleted_at IS NULL
"""
_SAME = """
CREATE TEMP TABLE load_same ON COMMIT DROP AS
SELECT DISTINCT ON (p.seq) p.seq, p.was, k.id FROM load_print p JOIN load_kept_print k USING (type_id, print)
ORDER BY p.seq, k.number
"""
# A new record begins with what its fields begin with.
_NEW = """
UPDATE load_thing x SET id = pg_temp.new_id(), fresh = true, custom = t.begins || x.custom
FROM load_type t WHERE t.id = x.type_id AND x.id IS NULL
"""


def match(load: Load) -> None:
    """Set rows aside that cannot be, find the records that are there and whose each is, and give new ones their ids."""
    twice = [
        bulk.run(load, _TWICE.format(field="reference", key="reference", value="reference")),
        bulk.run(load, _TWICE.format(field="number", key="number", value="asked")),
    ]
    if any(twice):
        bulk.run(load, DROP_FAULTY)
    bulk.run(load, _BY_REFERENCE)
    bulk.run(load, _BY_NUMBER)
    for fault in (_UNKNOWN, _TWICE.format(field="", key="id", value="coalesce(reference, asked)"), _TRASHED):
        bulk.run(load, fault)
    bulk.run(load, _THEIRS, theirs=_theirs(load))
    bulk.run(load, _OWNERS)
    bulk.run(load, _NOBODY)
    if bulk.any_row(_ANYBODYS):
        for statement in (
            _NAMED, "ANALYZE load_by_name", _WHOSE, "ANALYZE load_whose",
            "UPDATE load_thing x SET customer_id = w.customer_id FROM load_whose w WHERE w.seq = x.seq", _NOBODYS,
        ):  # fmt: skip
            bulk.run(load, statement)
    bulk.run(load, DROP_FAULTY)
    settle_same(load, led=False)
    bulk.run(load, _NEW)


def settle_same(load: Load, *, led: bool) -> None:
    """Take rows without a number for the records that have exactly their values, so that no file comes in twice.

    Those with links wait until it is known where they lead (`led`).
    """
    bulk.run(load, "DROP TABLE IF EXISTS load_print, load_kept_print, load_same")
    bulk.run(load, _STAGED_PRINTS, led=led)
    for statement in ("ANALYZE load_print", _KEPT_PRINTS, "ANALYZE load_kept_print"):
        bulk.run(load, statement)
    if bulk.run(load, _SAME):
        bulk.run(load, "UPDATE load_thing x SET id = s.id, fresh = false FROM load_same s WHERE s.seq = x.seq")


def _theirs(load: Load) -> list[object]:
    """Return the records in the file that whoever loads may not change."""
    if load.by.everything:
        return []
    found = Record.objects.filter(pk__in=RawSQL("SELECT id FROM load_thing WHERE id IS NOT NULL", []))
    return list(found.exclude(pk__in=Record.objects.visible_to(load.by, CHANGE)).values_list("pk", flat=True))
