"""Rows that go over to the survivor and back: a few statements per table, however many rows it has.

Most rows go back by their keys. Those of which one customer has one (an address, a colleague of a company, a watcher of
a ticket) depend on which of two came first: there the merges since are undone, newest first, and done again without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.customers.following import FOLLOWING, Following
from rapport.customers.models import CustomerMerge, MovedRows
from rapport.customers.services.merging import standing

_MOVE = """
WITH moved AS (UPDATE {table} SET "{column}" = %s WHERE "{column}" = %s RETURNING id)
SELECT coalesce(array_agg(id), '{{}}') FROM moved
"""
_BACK = """
UPDATE {table} AS t SET "{column}" = %s FROM unnest(%s::uuid[]) AS k (id) WHERE t.id = k.id AND t."{column}" = %s
"""
_TAKE_OUT = "DELETE FROM {table} AS t WHERE id = ANY(%s) RETURNING to_jsonb(t)"
_INSERT = "INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s)).*"


def move(merge: CustomerMerge) -> None:
    """Give all rows of the source of `merge` to its survivor, and note which."""
    for one in FOLLOWING.values():
        _move(merge, one)


def move_back(merge: CustomerMerge, onward: list[CustomerMerge]) -> None:
    """Give what the source of `merge` brought back to it.

    `onward` are the merges since, by which the survivor itself went to another; the last one's survivor has the rows.
    """
    holder = onward[-1].survivor_id if onward else merge.survivor_id
    for moved in merge.moved.all():
        one = FOLLOWING.get(moved.place)
        if one is not None and not one.alone:
            _run(_BACK, one, [merge.source_id, moved.keys, holder])
            _strike(onward, moved)
    for places in _bound():
        _redo_without(merge, places)
    merge.moved.all().delete()


def _move(merge: CustomerMerge, one: Following) -> None:
    aside = _take_out(one, merge.source_id, merge.survivor_id)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE.format(table=one.table, column=one.column), [merge.survivor_id, merge.source_id])
        row = cursor.fetchone()
    keys = list(row[0]) if row else []
    if keys or aside:
        MovedRows.objects.create(merge=merge, place=one.place, keys=keys, aside=aside)


def _take_out(one: Following, source: UUID, survivor: UUID) -> list[dict[str, Any]]:
    """Take the rows of the source that the survivor has already out of the table, and return them whole."""
    if not one.alone:
        return []
    keys = list(one.rows.filter(one.clashing(survivor), **{one.field: source}).values_list("pk", flat=True))
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_OUT.format(table=one.table), [keys])
        return [json.loads(whole) if isinstance(whole, str) else whole for (whole,) in cursor.fetchall()]


def _strike(onward: Iterable[CustomerMerge], moved: MovedRows) -> None:
    """Take keys out of what later merges noted: with them went only what the source had lent."""
    gone = set(moved.keys)
    for row in MovedRows.objects.filter(merge__in=list(onward), place=moved.place):
        row.keys = [key for key in row.keys if key not in gone]
        row.save(update_fields=["keys"])


def _bound() -> list[list[Following]]:
    """Return the places where one customer has one row of a kind, those of a table together."""
    found: dict[str, list[Following]] = {}
    for one in FOLLOWING.values():
        if one.alone:
            found.setdefault(one.table, []).append(one)
    return list(found.values())


def _redo_without(merge: CustomerMerge, places: list[Following]) -> None:
    """Undo for one table `merge` and what has to do with it since, newest first, and do all but `merge` again."""
    noted = MovedRows.objects.filter(merge__undone_at=None, place__in=[one.place for one in places])
    if not noted.filter(merge=merge).exists():
        return
    since = noted.filter(merge__merged_at__gte=merge.merged_at).select_related("merge").order_by("merge__merged_at")
    steps = _related(merge, list(since), places)
    for step in reversed(steps):
        rows = {row.place: row for row in noted.filter(merge=step)}
        for one in reversed(places):
            if one.place in rows:
                _undo(step, one, rows[one.place])
    for step in steps[1:]:
        for one in places:
            _move(step, one)


def _undo(step: CustomerMerge, one: Following, moved: MovedRows) -> None:
    _run(_BACK, one, [step.source_id, moved.keys, step.survivor_id])
    for whole in moved.aside:
        _run(_INSERT, one, [json.dumps(whole)])
    moved.delete()


def _related(merge: CustomerMerge, noted: list[MovedRows], places: list[Following]) -> list[CustomerMerge]:
    """Return `merge` and those since whose rows have a customer in common with it, directly or by others; in order."""
    noted = [row for row in noted if _order(row.merge) >= _order(merge)]
    steps = {row.merge_id: row.merge for row in noted}
    named: dict[int, list[UUID | None]] = {row.pk: [row.merge.source_id] for row in noted}
    columns = [one.column for one in places]
    keys = {key for row in noted for key in row.keys}
    held = {key: rest for key, *rest in places[0].rows.filter(pk__in=keys).values_list("pk", *columns)}
    for row in noted:
        named[row.pk] += [customer for key in row.keys for customer in held.get(key, ())]
        named[row.pk] += [UUID(whole[column]) for whole in row.aside for column in columns if whole[column]]
    last = standing.last_of({key for customers in named.values() for key in customers if key is not None})
    touched: dict[UUID, set[UUID]] = {key: set() for key in steps}
    for row in noted:
        touched[row.merge_id] |= {last[key] for key in named[row.pk] if key is not None}
    reached, found = set(touched[merge.pk]), {merge.pk}
    while more := [key for key, customers in touched.items() if key not in found and customers & reached]:
        found.update(more)
        reached.update(*(touched[key] for key in more))
    return sorted((steps[key] for key in found), key=_order)


def _order(step: CustomerMerge) -> tuple[Any, UUID]:
    return (step.merged_at, step.pk)


def _run(statement: str, one: Following, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=one.table, column=one.column), values)
