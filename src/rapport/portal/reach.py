"""The members' door: the only place that says which rows are a member's own. Views come by nothing else."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from rapport.commerce.models import Order, Return
from rapport.customers.models import Affiliation, Customer, Member
from rapport.promises.models import Promise


def companies(member: Member) -> QuerySet[Customer]:
    """Return the companies whose things the member may see: those they belong to and are named manager of."""
    managed = Affiliation.objects.filter(person_id=member.customer_id, until__isnull=True, manager_since__isnull=False)
    return Customer.objects.filter(pk__in=managed.values("company_id"), deleted_at__isnull=True).order_by("name")


def orders(member: Member) -> QuerySet[Order]:
    """Return the member's own orders and those of the companies they manage, the newest first."""
    whose: list[UUID] = [member.customer_id, *companies(member).values_list("pk", flat=True)]
    rows = Order.objects.filter(customer_id__in=whose, kind=Order.Kind.SALE)
    return rows.select_related("customer").order_by("-placed_at", "-id")


def own_orders(member: Member) -> QuerySet[Order]:
    """Return the member's own orders: what they may send back."""
    return orders(member).filter(customer_id=member.customer_id)


def returns(member: Member) -> QuerySet[Return]:
    """Return what the member asked to send back, the newest first."""
    rows = Return.objects.filter(order__in=own_orders(member)).select_related("order")
    return rows.prefetch_related("lines__line").order_by("-asked_at")


def promises(member: Member) -> QuerySet[Promise]:
    """Return what was promised to the member, what is open first."""
    return Promise.objects.filter(customer_id=member.customer_id).order_by("due_until", "id")
