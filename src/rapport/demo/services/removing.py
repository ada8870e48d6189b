"""Taking the demonstration away: everything marked as sample goes, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from rapport.commerce.models import Order, Product
from rapport.customers.models import Customer
from rapport.demo.services.loading import NAMESPACE
from rapport.imports.models import ImportRun
from rapport.kernel import removing
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.team.events import OrganisationChanged
from rapport.team.models import Organisation
from rapport.team.permissions import SETTINGS

PROFILES = (NAMESPACE, "sample_people")
_CHOOSE = """
CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT id FROM customers_customer c WHERE sample AND NOT EXISTS
    (SELECT 1 FROM commerce_order o WHERE o.customer_id = c.id AND NOT o.sample);
CREATE TEMP TABLE gone_orders ON COMMIT DROP AS SELECT id FROM commerce_order WHERE sample;
DELETE FROM kernel_eventrecord WHERE customer_id IN (SELECT id FROM gone)
    OR subject_id IN (SELECT id FROM gone_orders)
    OR cause_id IN (SELECT id FROM imports_importrun WHERE profile = ANY(%s));
"""
_SAMPLES = """
DELETE FROM promises_promise WHERE sample OR customer_id IN (SELECT id FROM gone);
DELETE FROM feedback_answer WHERE sample OR customer_id IN (SELECT id FROM gone)
    OR order_id IN (SELECT id FROM gone_orders)
"""
_GOODS = """
CREATE TEMP TABLE gone_goods ON COMMIT DROP AS SELECT id FROM commerce_product p WHERE sample
    AND NOT EXISTS (SELECT 1 FROM commerce_orderline l WHERE l.product_id = p.id)
"""
_STAY = "UPDATE customers_customer SET sample = false WHERE sample"


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of the demonstration there is."""

    customers: int
    orders: int
    products: int


def held() -> Holding:
    """Count what would go."""
    return Holding(
        customers=Customer.objects.filter(sample=True).count(),
        orders=Order.objects.filter(sample=True).count(),
        products=Product.objects.filter(sample=True).count(),
    )


@transaction.atomic
def remove(*, by: Actor) -> Holding:
    """Remove the demonstration, all or nothing, and return what went.

    Customers of it who have ordered something real since stay, as real ones. Needs the right to change settings.
    """
    by.require(SETTINGS)
    gone = held()
    with connection.cursor() as cursor:
        cursor.execute(_CHOOSE, [list(PROFILES)])
        cursor.execute(_SAMPLES)
        removing.remove("commerce_order", "gone_orders")
        cursor.execute(_GOODS)
        removing.remove("commerce_product", "gone_goods")
        removing.remove("customers_customer", "gone")
        cursor.execute(_STAY)
    ImportRun.objects.filter(profile__in=PROFILES).delete()
    Organisation.objects.update(sample_since=None)
    changes = {"sample": [f"{gone.customers} customers, {gone.orders} orders, {gone.products} products", None]}
    publish(OrganisationChanged(changes=changes), by=by)
    return gone
