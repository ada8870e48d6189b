"""The jobs of the back office."""

from __future__ import annotations

from procrastinate.contrib.django import app

from rapport.staff.customers import listings as customers
from rapport.staff.feedback import listings as feedback
from rapport.staff.listing import bulk
from rapport.staff.models import BulkRun
from rapport.staff.orders import listings as orders
from rapport.staff.promises import listings as promises

KNOWN = (
    customers.CUSTOMERS,
    customers.TRASH,
    orders.ORDERS,
    promises.PROMISES,
    feedback.FEEDBACK,
)  # what runs can be about


@app.task(name="staff.bulk", queue="bulk")
def run_bulk(*, run: str) -> None:
    """Do a verb to many rows, or go on with it after a crash."""
    bulk.run(BulkRun.objects.get(pk=run))
