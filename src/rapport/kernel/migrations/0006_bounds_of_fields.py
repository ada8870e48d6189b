from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0005_event_of_house'),
    ]

    operations = [
        migrations.AddField(
            model_name='customfield',
            name='default',
            field=models.JSONField(blank=True, null=True, verbose_name='begins with'),
        ),
        migrations.AddField(
            model_name='customfield',
            name='maximum',
            field=models.FloatField(blank=True, null=True, verbose_name='at most'),
        ),
        migrations.AddField(
            model_name='customfield',
            name='minimum',
            field=models.FloatField(blank=True, null=True, verbose_name='at least'),
        ),
        migrations.AlterField(
            model_name='customfield',
            name='type',
            field=models.CharField(choices=[('text', 'Text'), ('long_text', 'Long text'), ('number', 'Number'), ('money', 'Money'), ('boolean', 'Yes or no'), ('date', 'Date'), ('datetime', 'Date and time'), ('choice', 'Choice'), ('choices', 'Several choices'), ('url', 'Web address'), ('email', 'E-mail address'), ('phone', 'Phone number'), ('percent', 'Percentage'), ('rating', 'Rating from 1 to 5')], max_length=12, verbose_name='type'),
        ),
    ]
