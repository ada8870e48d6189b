"""`kernel_fold` can be used in indexes: it names the schema of the function it calls."""

from __future__ import annotations

from django.db import migrations

from rapport.kernel import folding


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_condition_functions")]

    operations = [migrations.RunSQL(folding.function_sql()[0], migrations.RunSQL.noop)]
