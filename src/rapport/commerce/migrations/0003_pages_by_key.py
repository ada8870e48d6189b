"""Indexes of lists hold value and customer in one direction, so that pages continue by key."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0002_refunds_in_base'),
        ('customers', '0002_consent_replaced'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='customertotals',
            name='totals_by_value',
        ),
        migrations.RemoveIndex(
            model_name='customertotals',
            name='totals_by_orders',
        ),
        migrations.RemoveIndex(
            model_name='customertotals',
            name='totals_by_last',
        ),
        migrations.AddIndex(
            model_name='customertotals',
            index=models.Index(fields=['net_minor', 'customer'], name='totals_by_net'),
        ),
        migrations.AddIndex(
            model_name='customertotals',
            index=models.Index(fields=['orders', 'customer'], name='totals_by_count'),
        ),
        migrations.AddIndex(
            model_name='customertotals',
            index=models.Index(fields=['last_at', 'customer'], name='totals_by_last_order'),
        ),
    ]
