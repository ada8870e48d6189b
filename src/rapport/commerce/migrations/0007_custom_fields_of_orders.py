"""The fields that a firm adds to its orders."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0006_no_index_twice'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='custom',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
