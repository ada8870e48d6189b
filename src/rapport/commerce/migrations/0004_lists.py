"""The indexes of lists and of search as one types."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0003_pages_by_key'),
        ('customers', '0003_lists'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['net_base_minor', 'id'], name='order_by_value'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('status__in', ['placed', 'paid', 'shipped'])), fields=['placed_at', 'id'], name='order_open'),
        ),
    ]
