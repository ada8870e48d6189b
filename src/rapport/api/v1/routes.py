"""The API itself: its routers, how one signs in, and how it refuses."""

from __future__ import annotations

from ninja import NinjaAPI

from rapport.api.v1 import (
    appointments,
    articles,
    custom_fields,
    customers,
    desk,
    duplicates,
    metrics,
    object_types,
    objects,
    orders,
    problems,
    promises,
    segments,
    threads,
    ticket_acts,
    tickets,
    timeline,
)
from rapport.api.v1.access import Token
from rapport.api.v1.answers import Renderer

DESCRIPTION = """Every customer, order, promise, ticket, conversation, article, touchpoint and custom object, and every
metric defined.

Send `Authorization: Bearer rap_…`. Lists give `items` and a `next` cursor. Send an `Idempotency-Key` with what changes
something, and sending it again changes nothing. Errors are `application/problem+json`. Amounts are whole minor units
(cents, pence); times are UTC."""

api = NinjaAPI(
    title="Rapport",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    auth=Token(),
    urls_namespace="api-1",
    renderer=Renderer(),
)
problems.install(api)
api.add_router("/customers", customers.router)
api.add_router("/customers", objects.of_customers)
api.add_router("/duplicates", duplicates.router)
api.add_router("/orders", orders.router)
api.add_router("/promises", promises.router)
api.add_router("", timeline.router)
api.add_router("/tickets", tickets.router)
api.add_router("/tickets", ticket_acts.router)
api.add_router("", threads.router)
api.add_router("", desk.router)
api.add_router("/articles", articles.router)
api.add_router("/article-categories", articles.shelves)
api.add_router("", appointments.router)
api.add_router("/custom-fields", custom_fields.router)
api.add_router("/object-types", object_types.router)
api.add_router("/objects", objects.router)
api.add_router("/segments", segments.router)
api.add_router("/metrics", metrics.router)
