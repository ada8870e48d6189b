"""The index of open promises serves the condition that the outcome is empty."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_lists'),
        ('promises', '0002_lists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='promise',
            name='promise_open_by_due',
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(condition=models.Q(('outcome__isnull', True), ('outcome', ''), _connector='OR'), fields=['due_until', 'id'], name='promise_open_by_due'),
        ),
    ]
