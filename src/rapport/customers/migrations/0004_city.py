"""The index for filters by city."""

import django.contrib.postgres.indexes
import rapport.kernel.folding
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_lists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(django.contrib.postgres.indexes.OpClass(rapport.kernel.folding.Fold('city'), 'text_pattern_ops'), name='customer_by_folded_city'),
        ),
    ]
