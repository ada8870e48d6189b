"""Triggers that note which records of custom objects changed, for the lake to read again."""

from importlib import import_module

from django.db import migrations

service = import_module("rapport.insight.migrations.0006_notes_of_service")
TABLE = "objects_record"


class Migration(migrations.Migration):
    dependencies = [("insight", "0007_notes_of_segments"), ("objects", "0001_first")]
    operations = [migrations.RunSQL(service.triggers(TABLE), service.DROP.format(table=TABLE))]
