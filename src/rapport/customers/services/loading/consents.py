"""Consent as files state it. A load withdraws, and it grants what was never asked: it never subscribes anew."""

from __future__ import annotations

from rapport.customers.events import ConsentGiven, ConsentWithdrawn
from rapport.customers.models import Customer
from rapport.kernel import bulk
from rapport.kernel.bulk import Load

_ANY = """
SELECT FROM load_customer
WHERE coalesce(consent_email, consent_sms, consent_phone, refuse_email, refuse_sms) IS NOT NULL
"""
_STATED = """
CREATE TEMP TABLE load_stated ON COMMIT DROP AS
SELECT DISTINCT ON (p.customer_id, s.channel) p.customer_id, s.channel, s.granted
FROM load_customer l JOIN load_person p USING (seq) JOIN customers_customer c ON c.id = p.customer_id
CROSS JOIN LATERAL (VALUES
    ('email', CASE WHEN l.refuse_email THEN false ELSE l.consent_email END),
    ('sms', CASE WHEN l.refuse_sms THEN false ELSE l.consent_sms END),
    ('phone', l.consent_phone)
) AS s (channel, granted)
WHERE s.granted IS NOT NULL AND c.deleted_at IS NULL ORDER BY p.customer_id, s.channel, s.granted
"""
_NEW = """
CREATE TEMP TABLE load_consent ON COMMIT DROP AS
SELECT pg_temp.new_id() AS id, s.*, k.id AS replaced FROM load_stated s
LEFT JOIN customers_consent k ON k.customer_id = s.customer_id AND k.channel = s.channel AND k.topic = 'marketing'
     AND k.replaced_at IS NULL
WHERE CASE WHEN s.granted THEN k.id IS NULL ELSE k.id IS NULL OR k.state = 'granted' END
"""
_REPLACE = """
UPDATE customers_consent k SET replaced_at = %(at)s FROM load_consent n WHERE n.replaced = k.id
"""
_INSERT = """
INSERT INTO customers_consent (id, customer_id, channel, topic, state, basis, proof, at)
SELECT id, customer_id, channel, 'marketing', CASE WHEN granted THEN 'granted' ELSE 'withdrawn' END,
       CASE WHEN granted THEN 'import' ELSE '' END, %(source)s, %(at)s
FROM load_consent
"""
_GIVEN = """
SELECT customer_id AS subject_id, customer_id, %(at)s AS at,
       jsonb_build_object('channel', channel, 'topic', 'marketing', 'basis', 'import') AS data
FROM load_consent WHERE granted
"""
_WITHDRAWN = """
SELECT customer_id AS subject_id, customer_id, %(at)s AS at,
       jsonb_build_object('channel', channel, 'topic', 'marketing') AS data
FROM load_consent WHERE NOT granted
"""
_TOUCHED = """
INSERT INTO load_touched SELECT customer_id FROM load_consent
"""
_OF_KNOWN = """
SELECT id FROM load_consent k WHERE NOT EXISTS (SELECT FROM load_new n WHERE n.customer_id = k.customer_id)
"""


def record(load: Load) -> None:
    """Record what the file says of consent, with the load as its basis."""
    if bulk.any_row(_ANY) and bulk.run(load, _STATED) and bulk.run(load, _NEW):
        bulk.remember(load, "customers_consent", "SELECT replaced FROM load_consent")
        bulk.run(load, _REPLACE)
        bulk.run(load, _INSERT)
        bulk.added(load, "customers_consent", _OF_KNOWN)
        bulk.announce(load, ConsentGiven, Customer._meta.label_lower, _GIVEN)
        bulk.announce(load, ConsentWithdrawn, Customer._meta.label_lower, _WITHDRAWN)
        bulk.run(load, _TOUCHED)
