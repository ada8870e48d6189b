from typing import Any

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import rapport.kernel.ids
from django.conf import settings
from django.db import migrations, models


GRANTED = {
    "objects.view": "customers.view",
    "objects.change": "customers.change",
    "objects.delete": "customers.delete",
    "objects.export": "customers.export",
    "objects.design": "customers.fields",
}


def grant(apps: Any, schema_editor: Any) -> None:
    """Let roles do with custom objects what they may do with customers."""
    for role in apps.get_model("team", "Role").objects.all():
        role.grants |= {own: role.grants[like] for own, like in GRANTED.items() if like in role.grants}
        role.save(update_fields=["grants"])


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0010_whole_addresses_marked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ObjectType',
            fields=[
                ('id', models.UUIDField(default=rapport.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=30, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]*$')])),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('plural', models.CharField(max_length=60, verbose_name='plural')),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='description')),
                ('icon', models.CharField(default='box', max_length=40, verbose_name='icon')),
                ('prefix', models.CharField(max_length=6, unique=True, verbose_name='prefix of numbers')),
                ('name_label', models.CharField(blank=True, max_length=60, verbose_name='what the name is called')),
                ('customer', models.CharField(choices=[('none', 'Never'), ('optional', 'Perhaps'), ('required', 'Always')], default='optional', max_length=8, verbose_name='belongs to a customer')),
                ('position', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('restricted_at', models.DateTimeField(null=True)),
                ('archived_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['position', 'plural'],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.UUIDField(default=rapport.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=30, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]*$')])),
                ('label', models.CharField(max_length=60, verbose_name='label')),
                ('back_label', models.CharField(max_length=60, verbose_name='label on the other side')),
                ('slot', models.PositiveSmallIntegerField()),
                ('required', models.BooleanField(default=False, verbose_name='required')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='linked', to='objects.objecttype', verbose_name='leads to')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='objects.objecttype')),
            ],
            options={
                'ordering': ['slot'],
                'constraints': [models.UniqueConstraint(fields=('type', 'key'), name='object_link_key_once'), models.UniqueConstraint(fields=('type', 'slot'), name='object_link_slot_once'), models.CheckConstraint(condition=models.Q(('slot__gte', 1), ('slot__lte', 5)), name='object_link_slot_known')],
            },
        ),
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.UUIDField(default=rapport.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('reference', models.CharField(blank=True, max_length=80, verbose_name='number in another system')),
                ('custom', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('search', django.contrib.postgres.search.SearchVectorField(default='', editable=False)),
                ('customer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='records', to='customers.customer')),
                ('link_1', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='linked_1', to='objects.record')),
                ('link_2', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='linked_2', to='objects.record')),
                ('link_3', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='linked_3', to='objects.record')),
                ('link_4', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='linked_4', to='objects.record')),
                ('link_5', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='linked_5', to='objects.record')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('type', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='records', to='objects.objecttype')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('deleted_at', None)), fields=['type', 'name', 'id'], name='record_by_name'), models.Index(fields=['type', '-created_at', '-id'], name='record_newest'), models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer'], name='record_of_customer'), models.Index(condition=models.Q(('owner__isnull', False)), fields=['owner'], name='record_of_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='record_trashed'), models.Index(condition=models.Q(('link_1__isnull', False)), fields=['link_1'], name='record_by_link_1'), models.Index(condition=models.Q(('link_2__isnull', False)), fields=['link_2'], name='record_by_link_2'), models.Index(condition=models.Q(('link_3__isnull', False)), fields=['link_3'], name='record_by_link_3'), models.Index(condition=models.Q(('link_4__isnull', False)), fields=['link_4'], name='record_by_link_4'), models.Index(condition=models.Q(('link_5__isnull', False)), fields=['link_5'], name='record_by_link_5'), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='record_search')],
                'constraints': [models.UniqueConstraint(fields=('type', 'number'), name='record_number_once'), models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('type', 'reference'), name='record_reference_once')],
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=True),
    ]
