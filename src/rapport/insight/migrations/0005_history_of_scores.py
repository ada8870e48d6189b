import django.db.models.deletion
from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER insight_note_inserted AFTER INSERT ON insight_scorepoint
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_customer_id();
CREATE TRIGGER insight_note_updated AFTER UPDATE ON insight_scorepoint
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_customer_id();
CREATE TRIGGER insight_note_deleted AFTER DELETE ON insight_scorepoint
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION insight_note_customer_id();
CREATE TRIGGER insight_note_truncated AFTER TRUNCATE ON insight_scorepoint
    FOR EACH STATEMENT EXECUTE FUNCTION insight_note_all();
"""
DROP = """
DROP TRIGGER insight_note_inserted ON insight_scorepoint;
DROP TRIGGER insight_note_updated ON insight_scorepoint;
DROP TRIGGER insight_note_deleted ON insight_scorepoint;
DROP TRIGGER insight_note_truncated ON insight_scorepoint;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_first"),
        ("insight", "0004_scored_when"),
    ]

    operations = [
        migrations.DeleteModel(name="ScorePoint"),
        migrations.CreateModel(
            name="ScorePoint",
            fields=[
                ("pk", models.CompositePrimaryKey("customer_id", "on", blank=True, editable=False, primary_key=True, serialize=False)),
                ("on", models.DateField()),
                ("index", models.SmallIntegerField()),
                ("trust", models.SmallIntegerField(null=True)),
                ("respect", models.SmallIntegerField(null=True)),
                ("communication", models.SmallIntegerField(null=True)),
                ("understanding", models.SmallIntegerField(null=True)),
                ("responsiveness", models.SmallIntegerField(null=True)),
                ("helpfulness", models.SmallIntegerField(null=True)),
                ("loyalty", models.SmallIntegerField(null=True)),
                ("advocacy", models.SmallIntegerField(null=True)),
                ("profitability", models.SmallIntegerField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="score_points",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="lakestate",
            name="looked_back",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="score",
            name="on",
            field=models.DateField(null=True),
        ),
        migrations.RemoveIndex(model_name="score", name="score_by_cltv"),
        migrations.AddIndex(
            model_name="score",
            index=models.Index(fields=["cltv_minor", "customer"], name="score_by_cltv"),
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
