"""The stage of records, and what their types say, as temporary tables."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from rapport.kernel import fields
from rapport.objects.models import SLOTS, ObjectType
from rapport.objects.queries import links_of
from rapport.objects.services.records import labels_of

_STAGE = """
CREATE TEMP TABLE load_record (
    seq bigint NOT NULL, noun text NOT NULL, name text, reference text, number text, owner text, customer text,
    customer_external text, customer_email text, customer_phone text, custom jsonb, links jsonb
) ON COMMIT DROP
"""
_TYPES = """
CREATE TEMP TABLE load_type (
    id uuid NOT NULL, noun text NOT NULL, key text NOT NULL, name text NOT NULL, prefix text NOT NULL,
    somebodys boolean NOT NULL, needed text[] NOT NULL, begins jsonb NOT NULL, labels jsonb NOT NULL, first bigint
) ON COMMIT DROP;
CREATE TEMP TABLE load_link_of (
    type_id uuid NOT NULL, key text NOT NULL, slot smallint NOT NULL, to_id uuid NOT NULL, prefix text NOT NULL,
    needed boolean NOT NULL
) ON COMMIT DROP
"""
_TYPE = "INSERT INTO load_type VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_LINK = "INSERT INTO load_link_of VALUES (%s, %s, %s, %s, %s, %s)"
_LINKS = ", ".join(f"NULL::uuid AS link_{slot}" for slot in SLOTS)
# A row as it will be: `id` is the record that it is about, `fresh` whether that is a new one.
_ROWS = f"""
CREATE TEMP TABLE load_thing ON COMMIT DROP AS
SELECT l.seq, l.noun, t.id AS type_id, l.name, l.reference, l.number AS asked,
       CASE WHEN l.number ~* ('^(' || t.prefix || '-)?[0-9]{{1,15}}$')
            THEN regexp_replace(l.number, '^.*-', '')::bigint END AS number,
       NULL::uuid AS customer_id, NULL::uuid AS owner_id, coalesce(l.custom, '{{}}') AS custom, {_LINKS},
       NULL::uuid AS id, false AS fresh
FROM load_record l JOIN load_type t USING (noun)
"""


def stage() -> None:
    """Make the empty stage.

    `load_record` has one row for a record of the file: `seq` is its place (any ascending number), `noun` the noun of
    its type, `custom` its fields by key, `links` by their keys what each leads to, as it was written. Whose it is
    stands in `customer` in any way, or in one of the columns beside.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)


def describe() -> list[ObjectType]:
    """Write down what the types of the staged records say, and the rows as `load_thing`; return the types."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT noun FROM load_record")
        staged = {noun for (noun,) in cursor.fetchall()}
        kinds = [row for row in ObjectType.known().values() if row.noun in staged]
        cursor.execute(_TYPES)
        cursor.executemany(_TYPE, [_row(one) for one in kinds])
        cursor.executemany(_LINK, [link for one in kinds for link in _links(one)])
        cursor.execute(_ROWS)
        cursor.execute("ANALYZE load_thing")
    return kinds


def _row(kind: ObjectType) -> tuple[Any, ...]:
    own = fields.live(kind.noun)
    needed = [field.key for field in own if field.required]
    begins = json.dumps({field.key: field.default for field in own if field.default not in (None, "", [])})
    always = kind.customer == ObjectType.Customer.REQUIRED
    labels = json.dumps([[key, str(label)] for key, label in labels_of(kind).items()])
    return kind.pk, kind.noun, kind.key, kind.name, kind.prefix, always, needed, begins, labels


def _links(kind: ObjectType) -> list[tuple[Any, ...]]:
    known = ObjectType.known()
    return [
        (kind.pk, link.key, link.slot, link.to_id, known[link.to_id].prefix, link.required) for link in links_of(kind)
    ]
