"""`{% call_link number customer %}`: a number that can be called."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from rapport.customers.models import Customer
from rapport.staff.calling import Dialler, link
from rapport.timeline.permissions import LOG

register = template.Library()


@register.simple_tag(takes_context=True)
def call_link(context: Context, number: str, customer: Customer | None = None) -> SafeString:
    """Return `number` as a link that calls it; the template of the firm is read once for each page."""
    kept = context.render_context
    if "dial" not in kept:
        kept["dial"] = Dialler()
    request = context.get("request")
    may_log = request is not None and request.actor.may(LOG) and customer is not None and not customer.deleted_at
    return link(kept["dial"], number, customer.pk if customer else None, may_log=may_log)
