"""Merging reviews and survey answers, known by their number in the system that asked."""

from __future__ import annotations

from django.db import connection

from rapport.feedback.events import ReviewGiven, SurveyAnswered
from rapport.feedback.models import Answer
from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load

_STAGE = """
CREATE TEMP TABLE load_review (
    seq bigint NOT NULL, external text, customer_id uuid, order_id uuid, sku text, kind text, score bigint,
    scale_low integer NOT NULL, scale_high integer NOT NULL, title text, text text, asked_at timestamptz,
    answered_at timestamptz
) ON COMMIT DROP
"""
_KEYS = """
CREATE TEMP TABLE load_review_key ON COMMIT DROP AS
SELECT seq, left(coalesce(external, says || '-' || row_number() OVER (PARTITION BY external, says ORDER BY seq)), 160)
       AS external
FROM (
    SELECT seq, external, md5(concat_ws(
        '|', customer_id, order_id, sku, kind, score, title, text, asked_at, answered_at
    )) AS says FROM load_review
) x
"""
_TWICE = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT seq, 'review', 'key-twice', 'external', external, lead FROM (
    SELECT seq, external, first_value(seq) OVER (PARTITION BY external ORDER BY seq) AS lead FROM load_review_key
) x WHERE seq <> lead
"""
_ROWS = """
CREATE TEMP TABLE load_review_row ON COMMIT DROP AS
SELECT coalesce(b.id, pg_temp.new_id()) AS id, b.id IS NULL AS fresh, k.external,
       coalesce(l.kind, b.kind, 'review') AS kind, coalesce(l.customer_id, o.customer_id, b.customer_id) AS customer_id,
       coalesce(l.order_id, b.order_id) AS order_id, coalesce(p.id, b.product_id) AS product_id,
       coalesce(l.score::numeric, b.score) AS score, l.scale_low, l.scale_high,
       left(coalesce(l.title, b.title, ''), 300) AS title, coalesce(l.text, b.text, '') AS text,
       coalesce(l.asked_at, b.asked_at) AS asked_at,
       coalesce(l.answered_at, b.answered_at, CASE WHEN l.score IS NOT NULL THEN coalesce(l.asked_at, %(at)s) END)
           AS answered_at
FROM load_review l JOIN load_review_key k USING (seq)
LEFT JOIN feedback_answer b ON b.namespace = %(namespace)s AND b.external = k.external
LEFT JOIN commerce_order o ON o.id = l.order_id
LEFT JOIN commerce_product p ON p.sku = l.sku
WHERE NOT EXISTS (SELECT FROM load_fault f WHERE f.seq = l.seq AND f.noun = 'review')
"""
_INSERT = """
INSERT INTO feedback_answer (
    id, kind, customer_id, order_id, product_id, namespace, external, score, scale_low, scale_high, title, text,
    asked_at, answered_at, created_at, sample
)
SELECT id, kind, customer_id, order_id, product_id, %(namespace)s, external, score, scale_low, scale_high, title, text,
       asked_at, answered_at, %(at)s, false
FROM load_review_row WHERE fresh
"""
_COLUMNS = "kind, customer_id, order_id, product_id, score, scale_low, scale_high, title, text, asked_at, answered_at"
_DIFFERENT = f"""
CREATE TEMP TABLE load_review_change ON COMMIT DROP AS
SELECT r.*, b.answered_at IS NULL AND r.answered_at IS NOT NULL AS answers
FROM load_review_row r JOIN feedback_answer b USING (id)
WHERE NOT r.fresh AND ({", ".join(f"b.{name}" for name in _COLUMNS.split(", "))}) IS DISTINCT FROM
      ({", ".join(f"r.{name}" for name in _COLUMNS.split(", "))})
"""
_UPDATE = f"""
UPDATE feedback_answer a SET ({_COLUMNS}) = ROW({", ".join(f"r.{name}" for name in _COLUMNS.split(", "))})
FROM load_review_change r WHERE r.id = a.id
"""
_GIVEN = """
SELECT x.id AS subject_id, x.customer_id, x.answered_at AS at, jsonb_strip_nulls(jsonb_build_object(
    'score', trim_scale(x.score)::text, 'high', x.scale_high, 'text', nullif(x.text, ''),
    'kind', CASE WHEN x.kind <> 'review' THEN upper(x.kind) END
)) AS data
FROM (
    SELECT id, customer_id, answered_at, score, scale_high, text, kind FROM load_review_row WHERE fresh
    UNION ALL SELECT id, customer_id, answered_at, score, scale_high, text, kind FROM load_review_change WHERE answers
) x WHERE x.score IS NOT NULL AND x.answered_at IS NOT NULL AND (x.kind = 'review') = %(reviews)s
"""


def stage() -> None:
    """Make the empty stage. Without a number (`external`) a review is known by all it says."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)


def merge(load: Load) -> Counts:
    """Add the reviews and answers that are not there, change those that differ."""
    read = bulk.number("SELECT count(*) FROM load_review")
    for statement in ("ANALYZE load_review", _KEYS, _TWICE, _ROWS):
        bulk.run(load, statement)
    with bulk.rebuilding(load, {"feedback_answer": read}):
        fresh = bulk.run(load, _INSERT)
    changed = bulk.run(load, _DIFFERENT)
    bulk.remember(load, "feedback_answer", "SELECT id FROM load_review_change")
    bulk.run(load, _UPDATE)
    bulk.added(load, "feedback_answer", "SELECT id FROM load_review_row WHERE fresh")
    bulk.announce(load, ReviewGiven, Answer._meta.label_lower, _GIVEN, reviews=True)
    bulk.announce(load, SurveyAnswered, Answer._meta.label_lower, _GIVEN, reviews=False)
    failed = bulk.number("SELECT count(DISTINCT seq) FROM load_fault WHERE noun = 'review'")
    return Counts(read, fresh, changed, read - fresh - changed - failed, failed)
