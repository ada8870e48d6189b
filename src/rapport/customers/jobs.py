"""The jobs of customers: every night the trash is emptied of what has been in it for 30 days."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="41 2 * * *")
@app.task(name="customers.purge", queue="upkeep", queueing_lock="customers.purge", lock="customers.purge")
def purge(timestamp: int) -> None:
    """Delete who has been in the trash for 30 days."""
    from rapport.customers.services.purging import purge as purge_some
    from rapport.kernel.actors import SYSTEM

    while purge_some(by=SYSTEM):
        pass
