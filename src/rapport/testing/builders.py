"""Builders of rows for tests: each goes through the verb that makes such a row, with sensible values for the rest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from rapport.commerce.models import Order, Product
from rapport.commerce.services import orders, products
from rapport.commerce.services.orders import NewLine
from rapport.customers.models import Customer
from rapport.customers.services import affiliations, customers
from rapport.customers.services.customers import NewIdentity
from rapport.feedback.models import Answer
from rapport.feedback.services import answers
from rapport.kernel.actors import SYSTEM, Actor
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.team.models import User

_numbers = count(1)


def customer(
    name: str = "Ana Lima",
    *,
    owner: User | None = None,
    email: str = "",
    phone: str = "",
    company: Customer | None = None,
    by: Actor = SYSTEM,
    **values: Any,
) -> Customer:
    """Add a person named `name`, looked after by `owner`; `values` go to the verb as they are."""
    given = (("email", email), ("phone", phone))
    made = customers.create(
        by=by,
        name=name,
        owner_id=owner.pk if owner else None,
        identities=[NewIdentity(kind, value) for kind, value in given if value],
        **values,
    )
    if company:
        affiliations.join(made, company, by=SYSTEM)
    return made


def company(name: str = "Lima & Filhas", **values: Any) -> Customer:
    """Add a company."""
    return customer(name, kind=Customer.Kind.COMPANY, **values)


def product(sku: str = "", name: str = "Paper lantern", *, price_minor: int = 1250, **values: Any) -> Product:
    """Add a product at a price in minor units of the organisation's currency."""
    return products.add(
        sku or f"P{next(_numbers)}",
        by=SYSTEM,
        **{"name": name, "price_minor": price_minor, "currency": "GBP", **values},
    )


def line(
    sku: str = "LANTERN",
    *,
    quantity: Decimal | int = 1,
    unit_price_minor: Decimal | int = 1250,
    name: str = "Paper lantern",
) -> NewLine:
    """Return a line to order: one lantern at 12.50 unless said otherwise."""
    return NewLine(sku=sku, quantity=Decimal(quantity), unit_price_minor=Decimal(unit_price_minor), name=name)


def order(of: Customer, *lines: NewLine, by: Actor = SYSTEM, placed_at: datetime | None = None, **values: Any) -> Order:
    """Place an order of `lines`, one lantern at 12.50 unless given."""
    return orders.place(of, lines or (line(),), by=by, placed_at=placed_at, **values)


def promise(
    to: Customer,
    what: str = "Call back",
    *,
    by: Actor = SYSTEM,
    due_on: date | None = None,
    due_at: datetime | None = None,
    **values: Any,
) -> Promise:
    """Promise `what` to a customer by a day or a moment."""
    return promises.make(to, what, by=by, due_on=due_on, due_at=due_at, **values)


def answer(of: Customer, score: int = 5, *, kind: str = "review", by: Actor = SYSTEM, **values: Any) -> Answer:
    """Record a review, or an answer of another `kind`."""
    return answers.record(of, kind, Decimal(score), by=by, **values)
