"""The index of folded names holds all rows, so that the planner knows how they are spread."""

import django.contrib.postgres.indexes
import rapport.kernel.folding
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_city'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_by_folded_name',
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(django.contrib.postgres.indexes.OpClass(rapport.kernel.folding.Fold('name'), 'text_pattern_ops'), name='customer_name_folded'),
        ),
    ]
