"""The indexes of lists and of search as one types."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_lists'),
        ('promises', '0001_first'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(fields=['due_until', 'id'], name='promise_by_due'),
        ),
    ]
