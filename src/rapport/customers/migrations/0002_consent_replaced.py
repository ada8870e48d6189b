"""Consents know when a newer one took their place, so that conditions can ask for those that count."""

from django.db import migrations, models

REPLACED = """
UPDATE customers_consent AS old SET replaced_at = (
    SELECT min(newer.at) FROM customers_consent AS newer
    WHERE (newer.customer_id, newer.channel, newer.topic) = (old.customer_id, old.channel, old.topic)
      AND (newer.at, newer.id) > (old.at, old.id)
)
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_first")]

    operations = [
        migrations.AddField("consent", "replaced_at", models.DateTimeField(null=True)),
        migrations.RunSQL(REPLACED, migrations.RunSQL.noop),
    ]
