"""The indexes of lists and of search as one types."""

import django.contrib.postgres.indexes
import rapport.kernel.folding
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_consent_replaced'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("kernel", "0003_fold_in_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='customer_tags'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(django.contrib.postgres.indexes.OpClass(rapport.kernel.folding.Fold('name'), 'text_pattern_ops'), condition=models.Q(('deleted_at', None)), name='customer_by_folded_name'),
        ),
    ]
