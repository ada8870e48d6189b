"""The stage of customers: temporary tables that a load fills by COPY."""

from __future__ import annotations

from django.db import connection

_STAGE = """
CREATE TEMP TABLE load_customer (
    seq bigint NOT NULL, once boolean NOT NULL, kind text, name text, given_name text, family_name text,
    company text, role text, street text, city text, region text, postcode text, country text, language text,
    birthday date, stage text, tags text[], note text, source text, since timestamptz, custom jsonb,
    consent_email boolean, consent_sms boolean, consent_phone boolean, refuse_email boolean, refuse_sms boolean,
    words text
) ON COMMIT DROP;
CREATE TEMP TABLE load_identity (
    seq bigint NOT NULL, kind text NOT NULL, namespace text NOT NULL, value text NOT NULL, normal text NOT NULL,
    match_key text NOT NULL, place integer NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE load_new (seq bigint NOT NULL, customer_id uuid NOT NULL) ON COMMIT DROP;
CREATE TEMP TABLE load_person (seq bigint NOT NULL, customer_id uuid NOT NULL) ON COMMIT DROP;
"""
# What merging one part leaves behind.
_WORKING = (
    "load_shared", "load_key", "load_repeated", "load_nameless", "load_match", "load_fresh", "load_added",
    "load_wanted", "load_change", "load_reindex", "load_touched", "load_company", "load_joined", "load_stated",
    "load_consent",
)  # fmt: skip


def stage() -> None:
    """Make the empty stage.

    `load_customer` has one row for a customer of the file: `seq` is its place (any ascending number), `once` says
    that rows of one key are one customer, `words` is the search document of name, city and identities.
    `load_identity` has their identities, `place` counting those of one kind from 0.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)


def next_part() -> None:
    """Empty the stage for the next part of a load whose customers come in parts."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{name}' for name in _WORKING)}")
        cursor.execute("TRUNCATE load_customer, load_identity")
