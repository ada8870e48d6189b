"""Which records the links of a file lead to: named by their number elsewhere or here, or by a name that one alone has.

They may be in the same load. A row whose link leads nowhere is set aside, and so is what leads to it.
"""

from __future__ import annotations

from django.db.models.expressions import RawSQL

from rapport.kernel import bulk
from rapport.kernel.bulk import Load
from rapport.objects.models import SLOTS, Record
from rapport.objects.services.loading.matching import DROP_FAULTY, settle_same

_LED = """
CREATE TEMP TABLE load_led ON COMMIT DROP AS
SELECT x.seq, x.noun, d.key, d.slot, d.to_id, d.prefix, v.value, NULL::uuid AS id, NULL::bigint AS found
FROM load_thing x JOIN load_record l USING (seq) CROSS JOIN LATERAL jsonb_each_text(l.links) AS v (key, value)
JOIN load_link_of d ON d.type_id = x.type_id AND d.key = v.key
"""
_BY_REFERENCE = """
UPDATE load_led e SET id = r.id FROM objects_record r
WHERE r.type_id = e.to_id AND r.reference = e.value AND NOT r.reference = '' AND r.deleted_at IS NULL
"""
_BY_REFERENCE_HERE = """
UPDATE load_led e SET id = x.id FROM load_thing x
WHERE e.id IS NULL AND x.type_id = e.to_id AND x.reference = e.value
"""
_BY_NUMBER = """
UPDATE load_led e SET id = r.id FROM objects_record r
WHERE e.id IS NULL AND r.type_id = e.to_id AND r.deleted_at IS NULL AND r.number = CASE
    WHEN e.value ~* ('^(' || e.prefix || '-)?[0-9]{1,15}$') THEN regexp_replace(e.value, '^.*-', '')::bigint END
"""
_BY_NAME = """
UPDATE load_led e SET id = CASE WHEN n.found = 1 THEN n.id END, found = n.found FROM (
    SELECT type_id, key, (array_agg(id))[1] AS id, count(*) AS found FROM (
        SELECT type_id, lower(name) AS key, id FROM objects_record
        WHERE deleted_at IS NULL AND type_id IN (SELECT to_id FROM load_led)
        UNION ALL SELECT type_id, lower(name), id FROM load_thing WHERE fresh
    ) every WHERE key IN (SELECT lower(value) FROM load_led WHERE id IS NULL) GROUP BY type_id, key
) n WHERE e.id IS NULL AND n.type_id = e.to_id AND n.key = lower(e.value)
"""
_NOWHERE = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT e.seq, e.noun, CASE WHEN e.found > 1 THEN 'link-unclear' ELSE 'link-unknown' END, 'links.' || e.key, e.value
FROM load_led e JOIN load_thing x USING (seq) WHERE e.id IS NULL OR e.id = x.id
"""
_NEEDED = """
INSERT INTO load_fault (seq, noun, code, field)
SELECT x.seq, x.noun, 'required', 'customer' FROM load_thing x JOIN load_type t ON t.id = x.type_id
WHERE x.fresh AND t.somebodys AND x.customer_id IS NULL
UNION ALL
SELECT x.seq, x.noun, 'required', 'custom.' || n.key FROM load_thing x JOIN load_type t ON t.id = x.type_id
CROSS JOIN LATERAL unnest(t.needed) AS n (key) WHERE x.fresh AND NOT x.custom ? n.key
UNION ALL
SELECT x.seq, x.noun, 'required', 'links.' || d.key FROM load_thing x JOIN load_link_of d USING (type_id)
WHERE x.fresh AND d.needed AND NOT EXISTS (SELECT FROM load_led e WHERE e.seq = x.seq AND e.key = d.key)
"""
_LEFT = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT e.seq, e.noun, 'link-unknown', 'links.' || e.key, e.value FROM load_led e JOIN load_thing x USING (seq)
WHERE NOT EXISTS (SELECT FROM load_thing t WHERE t.id = e.id)
      AND NOT EXISTS (SELECT FROM objects_record r WHERE r.id = e.id)
"""
_EACH = ", ".join(f"(array_agg(id) FILTER (WHERE slot = {slot}))[1] AS link_{slot}" for slot in SLOTS)
_SET = f"""
UPDATE load_thing x SET {", ".join(f"link_{slot} = e.link_{slot}" for slot in SLOTS)}
FROM (SELECT seq, {_EACH} FROM load_led GROUP BY seq) e WHERE e.seq = x.seq
"""


def lead(load: Load) -> None:
    """Find what the links lead to, and set aside the rows that name what is not there or lack what they need."""
    bulk.run(load, _LED)
    steps = ("ANALYZE load_led", _BY_REFERENCE, _BY_REFERENCE_HERE, _BY_NUMBER, _BY_NAME)
    for statement in steps:
        bulk.run(load, statement)
    if hidden := _hidden(load):
        bulk.run(load, "UPDATE load_led SET id = NULL WHERE id = ANY(%(hidden)s)", hidden=hidden)
    found = bulk.run(load, _NOWHERE) + bulk.run(load, _NEEDED)
    while found:
        bulk.run(load, DROP_FAULTY)
        found = bulk.run(load, _LEFT)
    if bulk.run(load, _SET):
        settle_same(load, led=True)
        bulk.run(load, "UPDATE load_led e SET id = s.id FROM load_same s WHERE s.was = e.id")
        bulk.run(load, _SET)


def _hidden(load: Load) -> list[object]:
    """Return the records that links lead to and whoever loads may not look at."""
    if load.by.everything:
        return []
    found = Record.objects.filter(pk__in=RawSQL("SELECT id FROM load_led WHERE id IS NOT NULL", []))
    return list(found.exclude(pk__in=Record.objects.visible_to(load.by)).values_list("pk", flat=True))
