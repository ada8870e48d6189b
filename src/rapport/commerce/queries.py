"""Questions about orders and products."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from rapport.commerce.models import CustomerTotals, Order, Product
from rapport.customers.models import Customer
from rapport.kernel import search
from rapport.kernel.actors import Actor


def of_customer(customer: Customer | UUID, actor: Actor) -> QuerySet[Order]:
    """Return the orders of a customer, or of who has that key, within reach, the newest first."""
    return Order.objects.visible_to(actor).filter(customer=customer).order_by("-placed_at", "-id")


def totals_of(customer: Customer) -> CustomerTotals:
    """Return what a customer bought; zeros for one who has not."""
    return CustomerTotals.objects.filter(customer=customer).first() or CustomerTotals(customer=customer)


def by_number(text: str, actor: Actor) -> QuerySet[Order]:
    """Return the orders within reach whose number starts with what was typed."""
    typed = text.strip().removeprefix("#")
    rows = Order.objects.visible_to(actor)
    if not typed:
        return rows.none()
    spellings = Q(number__startswith=typed) | Q(number__startswith=typed.upper())
    return rows.filter(spellings).select_related("customer").order_by("number")


def find_products(text: str, actor: Actor) -> QuerySet[Product]:
    """Return the live products that match what was typed."""
    rows = Product.objects.visible_to(actor).filter(archived_at__isnull=True)
    query = search.query(text)
    return rows.filter(search=query) if query else rows.none()
