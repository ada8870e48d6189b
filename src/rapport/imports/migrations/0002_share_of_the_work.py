"""How much of an import's work is done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="share",
            field=models.FloatField(default=0),
        ),
    ]
