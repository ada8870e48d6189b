"""Who is deleted for good leaves their orders and promises behind, without a name."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rapport.commerce.models import Order
from rapport.customers.models import Customer
from rapport.customers.services.purging import KEPT, purge
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.promises.models import Promise
from rapport.testing import builders
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_orders_and_promises_stay_without_a_name(cast: Cast) -> None:
    ana = builders.customer("Ana")
    order = builders.order(ana)
    builders.promise(ana, due_on=date(2027, 1, 1))
    total = Order.objects.get(pk=order.pk).gross_minor
    Customer.objects.filter(pk=ana.pk).update(deleted_at=NOW - KEPT)
    with clock.frozen(NOW):
        assert purge(by=SYSTEM) == 1

    kept = Order.objects.get(pk=order.pk)
    assert (kept.customer_id, kept.gross_minor) == (None, total)
    assert Promise.objects.get().customer_id is None
