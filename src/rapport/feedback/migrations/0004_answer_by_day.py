from django.db import migrations, models


class Migration(migrations.Migration):
    """The list of all feedback is read in the order of its day."""

    dependencies = [("feedback", "0003_no_index_twice")]

    operations = [
        migrations.AddIndex(
            model_name="answer", index=models.Index(fields=["answered_at", "id"], name="answer_by_day")
        ),
    ]
