"""Writing matched records: what is new is inserted, what differs is changed, all with their events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from rapport.kernel import bulk, numbering
from rapport.kernel.bulk import Counts, Load
from rapport.objects.events import RecordAdded, RecordChanged
from rapport.objects.models import SLOTS, ObjectType, Record
from rapport.objects.services import indexing

_LINKS = [f"link_{slot}" for slot in SLOTS]
_COLUMNS = ("name", "reference", "customer_id", "owner_id", "custom", *(f"{name}_id" for name in _LINKS))
_FRESH = "SELECT type_id, count(*) FROM load_thing WHERE fresh GROUP BY type_id"
_NUMBER = """
UPDATE load_thing x SET number = t.first - 1 + n.place FROM (
    SELECT seq, row_number() OVER (PARTITION BY type_id ORDER BY seq) AS place FROM load_thing WHERE fresh
) n, load_type t WHERE n.seq = x.seq AND t.id = x.type_id
"""
_INSERT = f"""
INSERT INTO objects_record (
    id, type_id, number, name, reference, customer_id, owner_id, custom, {", ".join(f"{name}_id" for name in _LINKS)},
    created_at, updated_at, search
)
SELECT x.id, x.type_id, x.number, coalesce(x.name, ''), coalesce(x.reference, ''), x.customer_id, x.owner_id, x.custom,
       {", ".join(f"x.{name}" for name in _LINKS)}, %(at)s, %(at)s, w.words::tsvector
FROM load_thing x JOIN load_words w USING (id) WHERE x.fresh ORDER BY x.seq
"""
_TOLD = """
jsonb_build_object(
    'type', t.name, 'key', t.key, 'record', coalesce(nullif({0}.name, ''), t.prefix || '-' || {0}.number)
)
"""
_ADDED = f"""
SELECT x.id AS subject_id, x.customer_id, %(at)s AS at, {_TOLD.format("r")} AS data
FROM load_thing x JOIN objects_record r USING (id) JOIN load_type t ON t.id = x.type_id WHERE x.fresh
ORDER BY x.seq
"""


def _either(column: str, given: str, empty: str) -> str:
    """The new value of a column, as the load fills what is empty or replaces what is there."""
    return (
        f"CASE WHEN x.{given} IS NOT NULL AND (%(overwrite)s OR r.{column} {empty}) THEN x.{given} ELSE r.{column} END "
        f"AS {column}"
    )


_WANTED = f"""
CREATE TEMP TABLE load_wanted ON COMMIT DROP AS
SELECT x.seq, r.id, x.noun, r.type_id, r.number, {_either("name", "name", "= ''")},
       {_either("reference", "reference", "= ''")}, {_either("customer_id", "customer_id", "IS NULL")},
       {_either("owner_id", "owner_id", "IS NULL")},
       {", ".join(_either(f"{one}_id", one, "IS NULL") for one in _LINKS)},
       CASE WHEN %(overwrite)s THEN r.custom || x.custom ELSE x.custom || r.custom END AS custom
FROM load_thing x JOIN objects_record r USING (id) WHERE NOT x.fresh
"""
_LINK = "SELECT d.key FROM load_link_of d WHERE d.type_id = w.type_id AND d.slot ="
_OLD_AND_NEW = ", ".join(
    [f"('{name}', to_jsonb(r.{name}), to_jsonb(w.{name}))" for name in ("name", "reference", "customer_id", "owner_id")]
    + [f"(({_LINK} {slot}), to_jsonb(r.link_{slot}_id), to_jsonb(w.link_{slot}_id))" for slot in SLOTS]
)
_CHANGES = f"""
CREATE TEMP TABLE load_change ON COMMIT DROP AS
SELECT w.*, (
    SELECT jsonb_object_agg(v.field, jsonb_build_array(v.old, v.new)) FROM (
        VALUES {_OLD_AND_NEW}
        UNION ALL SELECT 'custom.' || key, r.custom -> key, w.custom -> key FROM jsonb_object_keys(w.custom) AS key
    ) AS v (field, old, new) WHERE v.old IS DISTINCT FROM v.new AND v.field IS NOT NULL
) AS changes
FROM load_wanted w JOIN objects_record r USING (id)
WHERE ({", ".join(f"w.{name}" for name in _COLUMNS)}) IS DISTINCT FROM ({", ".join(f"r.{name}" for name in _COLUMNS)})
"""
_UPDATE = f"""
UPDATE objects_record r SET {", ".join(f"{name} = w.{name}" for name in _COLUMNS)}, updated_at = %(at)s,
       search = d.words::tsvector
FROM load_change w JOIN load_words d USING (id) WHERE w.id = r.id
"""
_SUMMARY = """
SELECT string_agg(l.pair ->> 1, ', ' ORDER BY l.place)
FROM jsonb_array_elements(t.labels) WITH ORDINALITY AS l (pair, place) WHERE w.changes ? (l.pair ->> 0)
"""
_CHANGED = f"""
SELECT w.id AS subject_id, w.customer_id, %(at)s AS at, {_TOLD.format("w")}
       || jsonb_build_object('summary', %(changed)s || ({_SUMMARY}), 'changes', w.changes) AS data
FROM load_change w JOIN load_type t ON t.id = w.type_id ORDER BY w.seq
"""
_OUTCOME = """
SELECT t.noun, (SELECT count(*) FROM load_record l WHERE l.noun = t.noun),
       (SELECT count(*) FROM load_thing x WHERE x.noun = t.noun AND x.fresh),
       (SELECT count(*) FROM load_change w WHERE w.noun = t.noun),
       (SELECT count(DISTINCT f.seq) FROM load_fault f WHERE f.noun = t.noun AND NOT f.warning)
FROM load_type t
"""


def write(load: Load, kinds: Sequence[ObjectType]) -> dict[str, Counts]:
    """Insert new records, change those that differ, and return what became of the rows by noun."""
    subject = Record._meta.label_lower
    bulk.run(load, "CREATE TEMP TABLE load_words (id uuid NOT NULL, words text NOT NULL) ON COMMIT DROP")
    if _number(load, kinds):
        _spell(kinds, "SELECT id, type_id, number, name, reference, custom FROM load_thing WHERE fresh")
        bulk.run(load, _INSERT)
        bulk.announce(load, RecordAdded, subject, _ADDED)
    bulk.run(load, _WANTED)
    if bulk.run(load, _CHANGES):
        _spell(kinds, "SELECT id, type_id, number, name, reference, custom FROM load_change")
        bulk.remember(load, Record._meta.db_table, "SELECT id FROM load_change")
        bulk.run(load, _UPDATE)
        bulk.announce(load, RecordChanged, subject, _CHANGED, changed=_("changed %(fields)s") % {"fields": ""})
    return _counted()


def _number(load: Load, kinds: Sequence[ObjectType]) -> int:
    """Give the new records their numbers, each type its own, in the order of the file; return how many they are."""
    with connection.cursor() as cursor:
        cursor.execute(_FRESH)
        fresh: dict[UUID, int] = dict(cursor.fetchall())
    for kind in kinds:
        if count := fresh.get(kind.pk):
            first = numbering.take(f"record.{kind.key}", count)[0]
            bulk.run(load, "UPDATE load_type SET first = %(first)s WHERE id = %(type)s", first=first, type=kind.pk)
    return bulk.run(load, _NUMBER) if fresh else 0


def _spell(kinds: Sequence[ObjectType], rows: str) -> None:
    """Write the search documents of `rows` to `load_words`."""
    known = {kind.pk: kind for kind in kinds}
    with connection.cursor() as cursor:
        cursor.execute(rows)
        found = cursor.fetchall()
        with cursor.copy("COPY load_words FROM STDIN") as target:
            for key, type_id, number, name, reference, custom in found:
                words = indexing.document(known[type_id], name or "", number, reference or "", _plain(custom))
                target.write_row((key, words))
        cursor.execute("ANALYZE load_words")


def _plain(custom: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(custom) if isinstance(custom, str) else custom
    return found


def _counted() -> dict[str, Counts]:
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOME)
        for noun, read, created, updated, failed in cursor.fetchall():
            found[noun] = Counts(read, created, updated, read - created - updated - failed, failed)
    return found
