"""The SQL functions by which conditions compare text and read JSON."""

from __future__ import annotations

from django.db import migrations

from rapport.kernel import folding
from rapport.kernel.conditions import json_sql


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_first")]

    operations = [
        migrations.RunSQL(*folding.function_sql()),
        migrations.RunSQL(*json_sql.functions_sql()),
    ]
