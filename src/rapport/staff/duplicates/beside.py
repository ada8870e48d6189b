"""Two customers side by side: each field of both, which value a merge would keep, and what would move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.calls.models import Call
from rapport.commerce.models import Order
from rapport.conversations.models import Thread
from rapport.customers.models import Consent, Customer, CustomerMerge, Duplicate
from rapport.customers.permissions import MERGE
from rapport.customers.queries import consents
from rapport.customers.services.merging import values
from rapport.feedback.models import Answer
from rapport.kernel import fields
from rapport.kernel.actors import Actor
from rapport.kernel.written import KEY, Written
from rapport.meetings.models import Meeting
from rapport.promises.models import Promise
from rapport.service.models import Ticket
from rapport.staff import choices
from rapport.staff.duplicates.words import reasons
from rapport.staff.record.facts import own
from rapport.staff.record.header import language_name
from rapport.timeline.models import Activity
from rapport.ui import formats
from rapport.ui.navigation import Text

MOVING: tuple[tuple[Text, Any, str], ...] = (
    (gettext_lazy("Orders"), Order, "customer"),
    (gettext_lazy("Tickets"), Ticket, "requester"),
    (gettext_lazy("Conversations"), Thread, "customer"),
    (gettext_lazy("Promises"), Promise, "customer"),
    (gettext_lazy("Notes and calls"), Activity, "customer"),
    (gettext_lazy("Phone calls"), Call, "customer"),
    (gettext_lazy("Meetings"), Meeting, "attendees__customer"),
    (gettext_lazy("Feedback"), Answer, "customer"),
)
"""What is counted, as far as the reader may see it; everything else that names the customer goes along as well."""
SHOWN = 5
_doubts = Written()


@dataclass(frozen=True, slots=True)
class Row:
    """One field of two customers. `name` is what a merge calls it where one value has to be chosen, else ""."""

    label: str
    left: str
    right: str
    name: str = ""
    chosen: str = "left"

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Suspect:
    """Who may be one with somebody, how likely, and why."""

    customer: Customer
    score: int
    why: str


def groups() -> dict[str, str]:
    """Return what the fields are called that are chosen together."""
    return {
        "name": _("Name"),
        "stage": _("Stage"),
        "owner": _("Owner"),
        "birthday": _("Birthday"),
        "address": _("Address"),
        "language": _("Language"),
        "zone": _("Time zone"),
        "preferred_channel": _("Preferred channel"),
        "quiet_hours": _("Quiet hours"),
        "source": _("Source"),
    }


def rows(left: Customer, right: Customer, currency: str, chosen: Iterable[str] = ()) -> list[Row]:
    """Return the fields that at least one of two has; `chosen` are those taken from the right one."""
    taken = set(chosen)
    differing = set(values.choices(right, left))
    found = []
    for name, label in groups().items():
        found.append(_row(name, label, shown(left, name), shown(right, name), differing, taken))
    for field in fields.declared("customer"):
        name = f"{values.CUSTOM}{field.key}"
        one, other = (_own(row, field.key, currency) for row in (left, right))
        found.append(_row(name, field.label, one, other, differing, taken))
    return [row for row in found if row.left or row.right]


def added(left: Customer, right: Customer) -> list[Row]:
    """Return what is put together: nothing has to be chosen there."""
    found = [
        Row(_("Addresses and numbers"), _identities(left), _identities(right)),
        Row(_("Tags"), ", ".join(left.tags), ", ".join(right.tags)),
        Row(_("Consent"), _consent(left), _consent(right)),
        Row(_("Customer since"), formats.day(left.since), formats.day(right.since)),
    ]
    return [row for row in found if row.left or row.right]


def moving(left: Customer, right: Customer, actor: Actor) -> list[tuple[str, int, int]]:
    """Return how many rows of each noun that the reader may see are whose."""
    found = []
    for label, model, path in MOVING:
        if actor.may(model.VIEW):
            both = [model.objects.visible_to(actor).filter(**{path: one}).count() for one in (left, right)]
            if any(both):
                found.append((str(label), both[0], both[1]))
    return found


def given_back(step: CustomerMerge) -> list[tuple[str, int]]:
    """Return what goes back to a merged customer: nouns with how many rows, those by the names above first."""
    labels = {f"{model._meta.label_lower}.{path}": str(label) for label, model, path in MOVING}
    labels |= {"customers.identity.customer": _("Addresses and numbers"), "meetings.attendee.customer": _("Meetings")}
    labels |= {"kernel.eventrecord.customer_id": _("Lines of the timeline")}
    counts = {moved.place: len(moved.keys) + len(moved.aside) for moved in step.moved.all()}
    found = [(label, counts[place]) for place, label in labels.items() if counts.get(place)]
    fields_back = len([name for name in step.brought.get(values.KEPT, {}) if not name.startswith(values.TAG)])
    return [*found, (_("Fields"), fields_back)] if fields_back else found


def suspected(row: Customer, actor: Actor) -> list[Suspect]:
    """Return who may be one with a customer, as far as the reader may merge both; the likeliest first."""
    if not actor.may(MERGE):
        return []
    pairs = _doubts.objects(actor.scope(MERGE), lambda: _asking(actor), {KEY: row.pk})
    other_of = {pair: pair.second_id if pair.first_id == row.pk else pair.first_id for pair in pairs}
    others = Customer.objects.in_bulk(other_of.values()) if pairs else {}  # nobody is, on most pages
    return [Suspect(others[key], pair.score, reasons(pair.reasons)) for pair, key in other_of.items()]


def _asking(actor: Actor) -> QuerySet[Duplicate]:
    doubts: Any = Duplicate.objects.visible_to(actor)
    found: QuerySet[Duplicate] = doubts.open().filter(Q(first=KEY) | Q(second=KEY))
    return found.order_by("-score", "pk")[:SHOWN]


def taken(data: Any, survivor_is_left: bool, offered: Iterable[Row]) -> list[str]:
    """Return what a form chose of the one who goes."""
    side = "right" if survivor_is_left else "left"
    return [row.name for row in offered if row.name and data.get(row.name, "") == side]


def shown(customer: Customer, name: str) -> str:
    """Return a group of fields of a customer as people read it."""
    if name == "address":
        town = " ".join(part for part in (customer.postcode, customer.city) if part)
        country = dict(choices.countries()).get(customer.country, customer.country)
        return ", ".join(part for part in (customer.street, town, customer.region, country) if part)
    if name == "quiet_hours":
        return (
            f"{customer.quiet_from:%H:%M}–{customer.quiet_to:%H:%M}"
            if customer.quiet_from and customer.quiet_to
            else ""
        )
    if name == "birthday":
        return formats.day(customer.birthday) if customer.birthday else ""
    if name == "owner":
        return customer.owner.name if customer.owner else ""
    if name == "language":
        return language_name(customer.language) if customer.language else ""
    if name in {"stage", "preferred_channel"}:
        return str(getattr(customer, f"get_{name}_display")() or "")
    return str(getattr(customer, name))


def _row(name: str, label: str, left: str, right: str, differing: set[str], taken: set[str]) -> Row:
    if name not in differing:
        return Row(label, left, right)
    return Row(label, left, right, name, "right" if name in taken else "left")


def _own(customer: Customer, key: str, currency: str) -> str:
    found = own("customer", {key: customer.custom.get(key)}, currency)
    return str(found[0].value) if found else ""


def _identities(customer: Customer) -> str:
    return "\n".join(customer.identities.order_by("kind", "-primary", "created_at").values_list("value", flat=True))


def _consent(customer: Customer) -> str:
    channels, states = dict(Customer.Channel.choices), dict(Consent.State.choices)
    said = [f"{channels.get(one.channel, one.channel)}, {one.topic}: {states[one.state]}" for one in consents(customer)]
    return "\n".join(str(line) for line in said)
