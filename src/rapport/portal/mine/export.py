"""Everything that is held of a member, in plain words and values: what a request for access gets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from rapport.commerce.models import Order
from rapport.customers.models import Member
from rapport.feedback.models import Answer
from rapport.kernel import clock
from rapport.kernel.events import EVENTS
from rapport.kernel.models import EventRecord
from rapport.portal import reach
from rapport.portal.talks import reach as talking
from rapport.team.queries import organisation

CUSTOMER = (
    "number", "kind", "name", "given_name", "family_name", "stage", "language", "zone", "preferred_channel",
    "quiet_from", "quiet_to", "birthday", "street", "city", "region", "postcode", "country", "source", "tags", "custom",
    "since", "created_at", "updated_at",
)  # fmt: skip
ORDER = (
    "number", "status", "placed_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at", "promised_on", "country",
    "channel", "currency", "gross_minor", "discount_minor", "tax_minor", "shipping_minor", "net_minor",
    "refunded_minor",
)  # fmt: skip
LINE = ("position", "sku", "name", "quantity", "unit_price_minor", "discount_minor", "total_minor")
PROMISE = ("what", "kind", "made_at", "due_on", "due_at", "outcome", "fulfilled_at", "ended_because", "source_label")
MESSAGE = ("at", "direction", "from_name", "from_address", "subject", "text")
OWN = frozenset({"customer", "orders", "promises", "consent", "feedback", "knowledge"})  # groups of events


def everything(member: Member) -> dict[str, Any]:
    """Return all that is held of a member as values that JSON can hold; amounts are in minor units.

    What colleagues wrote for each other is not in it.
    """
    row = member.customer
    return {
        "made_at": clock.now(),
        "held_by": organisation().name,
        "you": _fields(row, CUSTOMER),
        "reached_by": _all(row.identities.order_by("created_at"), ("kind", "value", "label", "primary", "created_at")),
        "consent": _all(row.consents.order_by("at"), ("channel", "topic", "state", "basis", "proof", "at")),
        "companies": _companies(member),
        "signing_in": _fields(member, ("joined_at", "seen_at", "erasure_asked_at")),
        "orders": [_order(one) for one in reach.own_orders(member).order_by("placed_at")],
        "promises": _all(reach.promises(member).order_by("made_at"), PROMISE),
        "feedback": _all(
            Answer.objects.filter(customer=row).order_by("created_at"),
            ("kind", "score", "scale_low", "scale_high", "title", "text", "asked_at", "answered_at"),
        ),
        "messages": [_talk(one) for one in talking.own_threads(member)],
        "attempts_to_write": _all(row.attempts.order_by("began_at"), ("began_at", "solved_at", "sent_at")),
        "what_happened": _happenings(member),
    }


def _order(row: Order) -> dict[str, Any]:
    return {
        **_fields(row, ORDER),
        "lines": _all(row.lines.order_by("position"), LINE),
        "shipments": _all(row.shipments.order_by("shipped_at"), ("carrier", "tracking", "shipped_at", "delivered_at")),
        "payments": _all(row.payments.order_by("paid_at"), ("method", "amount_minor", "currency", "paid_at")),
        "refunds": _all(row.refunds.order_by("refunded_at"), ("amount_minor", "currency", "reason", "refunded_at")),
        "returns": _all(row.returns.order_by("asked_at"), ("reason", "asked_at", "received_at")),
    }


def _talk(thread: Any) -> dict[str, Any]:
    said = talking.said([thread])
    return {"subject": thread.subject, "channel": thread.channel, "messages": _all(said, MESSAGE)}


def _companies(member: Member) -> list[dict[str, Any]]:
    rows = member.customer.employers.select_related("company").order_by("since")
    return [{"company": one.company.label, **_fields(one, ("role", "since", "until"))} for one in rows]


def _happenings(member: Member) -> list[dict[str, Any]]:
    own = [name for name, kind in EVENTS.items() if kind.group in OWN]
    rows = EventRecord.objects.filter(customer_id=member.customer_id, type__in=own).order_by("at", "id")
    return [{"at": one.at, "what": one.type, "details": one.data} for one in rows]


def _all(rows: Iterable[Model], names: Sequence[str]) -> list[dict[str, Any]]:
    return [_fields(row, names) for row in rows]


def _fields(row: Model, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
