"""The panels of what a customer bought and what they are worth: to date, and predicted with its interval."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from rapport.commerce import queries
from rapport.commerce.models import Order
from rapport.commerce.permissions import VIEW as COMMERCE
from rapport.kernel.money import Money
from rapport.kernel.written import KEY, Written
from rapport.staff.record.known import Known

SHOWN = 5
_orders = Written()
TONES = {Order.Status.DELIVERED: "good", Order.Status.CANCELLED: "bad"}


def orders(known: Known) -> dict[str, Any]:
    """Return the newest orders of a customer, each with its total and its page."""
    actor = known.actor
    rows = _orders.objects(
        actor.scope(COMMERCE), lambda: queries.of_customer(KEY, actor)[: SHOWN + 1], {KEY: known.customer.pk}
    )
    lines = [
        (row, Money(row.gross_minor - row.discount_minor, row.currency), TONES.get(Order.Status(row.status), "neutral"),
         address("staff:order", row.pk))
        for row in rows[:SHOWN]
    ]  # fmt: skip
    return {"orders": lines, "more": len(rows) > SHOWN, "all": address("staff:orders"), "customer": known.customer}


def value(known: Known) -> dict[str, Any] | None:
    """Return worth to date, predicted worth with its half interval, number of orders and the chance of more."""
    totals = getattr(known.customer, "totals", None) if known.actor.may(COMMERCE) else None
    score = known.score
    if totals is None and (score is None or score.cltv_minor is None):
        return None
    base = known.firm.currency
    return {
        "to_date": Money(totals.net_minor, base) if totals else None,
        "orders": totals.orders if totals else 0,
        "predicted": Money(score.cltv_minor, base) if score and score.cltv_minor is not None else None,
        "low": Money(score.cltv_low_minor, base) if score and score.cltv_low_minor is not None else None,
        "high": Money(score.cltv_high_minor, base) if score and score.cltv_high_minor is not None else None,
        "alive": score.p_alive if score else None,
        "score": score,
    }


def address(name: str, *args: object) -> str:
    """Return the address of a page, "" where that part of the product is not there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
