"""Indexes of lists hold value and customer in one direction, so that pages continue by key."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_consent_replaced'),
        ('timeline', '0001_first'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='touch',
            name='touch_newest',
        ),
        migrations.AddIndex(
            model_name='touch',
            index=models.Index(fields=['last_at', 'customer'], name='touch_by_last'),
        ),
    ]
