"""Triggers that note who joined and left segments, for the lake to read again."""

from importlib import import_module

from django.db import migrations

service = import_module("rapport.insight.migrations.0006_notes_of_service")
TABLE = "marketing_membership"


class Migration(migrations.Migration):
    dependencies = [("insight", "0006_notes_of_service"), ("marketing", "0001_first")]
    operations = [migrations.RunSQL(service.triggers(TABLE), service.DROP.format(table=TABLE))]
