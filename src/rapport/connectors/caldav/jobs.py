"""The jobs of calendars: every five minutes each one is brought in step, and at once when its owner asks."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


@app.task(name="caldav.sync", queue="mail")
def sync(*, account: str) -> None:
    """Bring one calendar in step."""
    from rapport.connectors.caldav import syncing

    syncing.sync(UUID(account))


def ask(key: UUID) -> None:
    """Put the syncing of a calendar into the queue, once; two never run at the same time."""
    name = f"caldav.{key}"
    try:
        with transaction.atomic():
            app.configure_task("caldav.sync", queue="mail", lock=name, queueing_lock=name).defer(account=str(key))
    except AlreadyEnqueued:
        return


@app.periodic(cron="*/5 * * * *")
@app.task(name="caldav.every_five_minutes", queue="mail", queueing_lock="caldav.every_five_minutes")
def every_five_minutes(timestamp: int) -> None:
    """Ask for every calendar that works."""
    from rapport.connectors.caldav.models import Account

    for key in Account.objects.filter(paused=False).values_list("pk", flat=True):
        ask(key)
