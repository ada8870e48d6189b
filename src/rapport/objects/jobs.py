"""The job of custom objects: emptying the trash every night."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="47 2 * * *")
@app.task(name="objects.purge", queue="upkeep", queueing_lock="objects.purge", lock="objects.purge")
def purge(timestamp: int) -> None:
    """Delete what has been in the trash for 30 days."""
    from rapport.kernel.actors import SYSTEM
    from rapport.objects.services.records import purge as purge_some

    while purge_some(by=SYSTEM):
        pass
