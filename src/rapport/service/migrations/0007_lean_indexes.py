from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RARE = ("queue", "owner", "order", "product", "parent", "follows", "merged_into")


def _key(name: str, to: str, related: str, *, protect: bool = False, words: str = "") -> migrations.AlterField:
    """Let the key `name` of a ticket have no index of its own."""
    on_delete = django.db.models.deletion.PROTECT if protect else django.db.models.deletion.SET_NULL
    values: dict[str, Any] = {"blank": True, "null": True, "db_index": False, "related_name": related}
    if words:
        values["verbose_name"] = words
    return migrations.AlterField("ticket", name, models.ForeignKey(to, on_delete=on_delete, **values))


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0007_custom_fields_of_orders"),
        ("customers", "0007_no_index_twice"),
        ("service", "0006_waiting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        _key("company", "customers.customer", "company_tickets", words="company"),
        _key("follows", "service.ticket", "follow_ups"),
        _key("merged_into", "service.ticket", "merged", protect=True),
        _key("order", "commerce.order", "tickets", words="order"),
        _key("owner", settings.AUTH_USER_MODEL, "tickets", words="owner"),
        _key("parent", "service.ticket", "children"),
        _key("product", "commerce.product", "tickets", words="product"),
        _key("queue", "service.queue", "tickets", protect=True, words="queue"),
        _key("requester", "customers.customer", "tickets", words="customer"),
        *(
            migrations.AddIndex(
                "ticket",
                models.Index(
                    fields=[name], name=f"ticket_with_{name}", condition=models.Q(**{f"{name}__isnull": False})
                ),
            )
            for name in RARE
        ),
    ]
