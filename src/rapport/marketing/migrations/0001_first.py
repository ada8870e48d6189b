from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import rapport.kernel.folding
import rapport.kernel.ids


def grant(apps: Any, schema_editor: Any) -> None:
    """Let who sees customers see segments, and who may bring in and show everybody views keep them."""
    for role in apps.get_model("team", "Role").objects.all():
        if "customers.view" in role.grants:
            role.grants["marketing.view"] = role.grants["customers.view"]
            if "team.views_share" in role.grants and "customers.import" in role.grants:
                role.grants["marketing.change"] = role.grants["customers.view"]
            role.save(update_fields=["grants"])


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0010_whole_addresses_marked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=rapport.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=300, verbose_name="description")),
                (
                    "kind",
                    models.CharField(
                        choices=[("dynamic", "By a condition"), ("static", "A chosen list")],
                        default="dynamic",
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                ("condition", models.JSONField(null=True)),
                ("text", models.TextField(blank=True)),
                ("size", models.PositiveIntegerField(default=0)),
                ("seconds", models.FloatField(default=0)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("asked_at", models.DateTimeField(null=True)),
                ("computed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(rapport.kernel.folding.Fold("name"), name="segment_name_once"),
                    models.CheckConstraint(
                        condition=Q(kind="dynamic", condition__isnull=False)
                        | Q(kind="static", condition__isnull=True),
                        name="segment_dynamic_by_condition",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=rapport.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="customers.customer",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="marketing.segment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["segment", "since", "id"], name="membership_joined"),
                    models.Index(
                        fields=["segment", "until", "id"], name="membership_left", condition=Q(until__isnull=False)
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["segment", "customer"],
                        name="membership_once_at_a_time",
                        condition=Q(until__isnull=True),
                    ),
                    models.CheckConstraint(
                        condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_forward"
                    ),
                ],
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=True),
    ]
