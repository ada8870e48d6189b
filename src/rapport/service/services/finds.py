"""Requests to find something: customers who look for a product, and who is told when there is one."""

from __future__ import annotations

from rapport.commerce.models import Product
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.events import ProductFound, ProductWanted, TicketChanged
from rapport.service.models import Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services import tickets
from rapport.service.services.locking import locked


@verb(CHANGE, publishes=(ProductWanted, TicketChanged), offer=("bulk", "mcp"))
def want(ticket: Ticket, product: Product | None = None, *, by: Actor, what: str = "") -> Ticket:
    """Make a ticket a request to find something: a `product` of ours that is not there now, or `what` in words.

    Raises as `tickets.change`.
    """
    row = locked(ticket)
    row = tickets.change(
        row, by=by.with_everything(), type=Ticket.Type.FIND, product_id=product.pk if product else row.product_id
    )
    wanted = row.product
    happening = ProductWanted(
        number=row.code,
        product=(wanted.name or wanted.sku) if wanted else (what or row.subject),
        sku=wanted.sku if wanted else "",
        what=what,
    )
    publish(happening, by=by, subject=row, customer=row.requester_id)
    return row


@verb(CHANGE, publishes=(ProductFound, TicketChanged), offer=("bulk", "mcp"))
def found(ticket: Ticket, product: Product, *, by: Actor) -> Ticket:
    """Record that what a customer looked for was found: this product. Raises as `tickets.change`."""
    row = locked(ticket)
    row = tickets.change(row, by=by.with_everything(), product_id=product.pk)
    happening = ProductFound(number=row.code, product=product.name or product.sku, sku=product.sku)
    publish(happening, by=by, subject=row, customer=row.requester_id)
    return row
