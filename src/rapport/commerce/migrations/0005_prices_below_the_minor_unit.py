"""Prices of one can be fractions of a minor unit."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0004_lists'),
    ]

    operations = [
        migrations.AlterField(
            model_name='orderline',
            name='unit_price_minor',
            field=models.DecimalField(decimal_places=4, max_digits=20),
        ),
    ]
