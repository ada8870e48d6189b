"""Whole addresses get their mark in what customers are found by; see `rapport.customers.searching`."""

from django.db import migrations

MARK = """
UPDATE customers_customer c SET search = ts_delete(c.search, held.plain) || array_to_tsvector(held.marked)
FROM (
    SELECT customer_id, array_agg(normal) AS plain, array_agg('@' || normal) AS marked
    FROM customers_identity WHERE kind = 'email' GROUP BY customer_id
) held
WHERE held.customer_id = c.id
"""
TAKE_AWAY = """
UPDATE customers_customer c SET search = ts_delete(c.search, held.marked) || array_to_tsvector(held.plain)
FROM (
    SELECT customer_id, array_agg(normal) AS plain, array_agg('@' || normal) AS marked
    FROM customers_identity WHERE kind = 'email' GROUP BY customer_id
) held
WHERE held.customer_id = c.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0009_duplicates'),
    ]

    operations = [
        migrations.RunSQL(MARK, TAKE_AWAY),
    ]
