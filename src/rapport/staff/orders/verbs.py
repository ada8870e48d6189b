"""What may be done to many orders at once."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from rapport.commerce.permissions import CHANGE, REFUND
from rapport.commerce.services import orders
from rapport.commerce.services.orders import NotOpen
from rapport.staff.listing.nouns import BulkVerb


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


SHIP = BulkVerb(
    "ship",
    _("Mark as shipped"),
    "send",
    CHANGE,
    lambda order, actor, values: orders.ship(order, by=actor),
    lambda n: ngettext("Marked %(n)s order as shipped.", "Marked %(n)s orders as shipped.", n),
    refusals=(NotOpen,),
)
DELIVER = BulkVerb(
    "deliver",
    _("Mark as delivered"),
    "truck-delivery",
    CHANGE,
    lambda order, actor, values: orders.deliver(order, by=actor),
    lambda n: ngettext("Marked %(n)s order as delivered.", "Marked %(n)s orders as delivered.", n),
    refusals=(NotOpen,),
)
CANCEL = BulkVerb(
    "cancel",
    pgettext_lazy("of an order", "Cancel"),
    "ban",
    REFUND,
    lambda order, actor, values: orders.cancel(order, by=actor, reason=values["reason"]),
    lambda n: ngettext("Cancelled %(n)s order.", "Cancelled %(n)s orders.", n),
    form=lambda: ReasonForm,
    refusals=(NotOpen,),
    danger=True,
)
ORDERS = (SHIP, DELIVER, CANCEL)
