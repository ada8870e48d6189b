"""The end of the trash: who has been in it for 30 days goes for good."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from rapport.customers.events import CustomerPurged
from rapport.customers.models import Customer
from rapport.customers.permissions import DELETE
from rapport.kernel import clock, forgetting, removing
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb

KEPT = timedelta(days=30)
AT_ONCE = 500


@verb(DELETE, publishes=(CustomerPurged,))
def purge(*, by: Actor) -> int:
    """Delete the customers who were moved to the trash 30 days ago or earlier, 500 at most; return how many went.

    Their addresses, log, consents and scores go with them. Orders, promises and answers stay without a name, for
    the books and the numbers; of their events stays that something happened. Who was merged into them goes, too.
    """
    rows = Customer.objects.select_for_update().filter(deleted_at__lte=clock.now() - KEPT, merged_into=None)
    gone = list(rows.order_by("deleted_at", "pk").only("number")[:AT_ONCE])
    if not gone:
        return 0
    gone += Customer.objects.select_for_update().filter(merged_into__in=gone).only("number")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE purged (id uuid PRIMARY KEY) ON COMMIT DROP")
        cursor.executemany("INSERT INTO purged VALUES (%s)", [[row.pk] for row in gone])
    forgetting.forget("purged")
    for row in gone:
        publish(CustomerPurged(number=row.number), by=by, subject=row)
    removing.remove("customers_customer", "purged")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE purged")
    return len(gone)
