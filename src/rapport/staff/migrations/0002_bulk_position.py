"""Runs of bulk verbs know where they are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0001_first'),
    ]

    operations = [
        migrations.AddField(
            model_name='bulkrun',
            name='position',
            field=models.UUIDField(null=True),
        ),
    ]
