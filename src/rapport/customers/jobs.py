"""The jobs of customers: emptying the trash every night, and comparing who may be one every minute."""

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


@app.periodic(cron="* * * * *")
@app.task(name="customers.compare", queue="upkeep", queueing_lock="customers.compare", lock="customers.compare")
def compare(timestamp: int) -> None:
    """Compare customers who were added or changed with the others."""
    from rapport.customers.services.comparing import compare_noted

    compare_noted()


@app.periodic(cron="23 3 * * 0")
@app.task(name="customers.compare_all", queue="upkeep", queueing_lock="customers.compare_all", lock="customers.compare")
def compare_all(timestamp: int) -> None:
    """Compare all customers with each other."""
    from rapport.customers.services.finding import compare_all as everybody

    everybody()
