"""Adding a customer: their addresses, their company, and whether somebody is known by the same address already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.customers import searching
from rapport.customers.identities import BadIdentity
from rapport.customers.models import Customer
from rapport.customers.queries import Possible, possible, same_identity
from rapport.customers.services import affiliations, customers
from rapport.customers.services.customers import Nameless, NewIdentity
from rapport.customers.services.identities import IdentityTaken, normal_form
from rapport.customers.twins.judging import ASKED
from rapport.customers.twins.portrait import Known, Portrait
from rapport.kernel import search
from rapport.kernel.actors import Actor
from rapport.kernel.fields import InvalidField
from rapport.staff.custom_inputs import PREFIX
from rapport.staff.customers.forms import CustomerForm, NewCustomerForm
from rapport.staff.duplicates.words import reasons
from rapport.staff.refusals import told_by
from rapport.team.queries import home_country

MOST = 5
PLAIN = ("name", "given_name", "family_name", "street", "postcode", "city")
ANYWAY = gettext_lazy("Tick this if it is somebody else all the same.")


@dataclass(frozen=True, slots=True)
class Twin:
    """A customer who has the same address or number already."""

    customer: Customer
    what: str
    value: str


def twins(email: str, phone: str, country: str, actor: Actor) -> list[Twin]:
    """Return the customers within reach who have this e-mail address or phone number."""
    found = []
    for kind, value, what in (("email", email, _("e-mail address")), ("phone", phone, _("phone number"))):
        if value.strip():
            rows = same_identity(kind, value, country or home_country(), actor)[:MOST]
            found += [Twin(row, what, value) for row in rows]
    return found


def likely(given: Mapping[str, Any], actor: Actor) -> list[Possible]:
    """Return who within reach may be the customer of a form that is being filled in; those of `twins` left out."""
    country = given.get("country") or home_country()
    plain: dict[str, Any] = {name: str(given.get(name) or "").strip() for name in PLAIN}
    plain["name"] = plain["name"] or f"{plain['given_name']} {plain['family_name']}".strip()
    identities = []
    for kind in ("email", "phone"):
        with suppress(BadIdentity):
            form = normal_form(kind, str(given.get(kind) or ""), country)
            identities.append(Known(kind, "", form.value, form.match_key))
    birthday = given.get("birthday") or None
    drawn = Portrait(
        kind=str(given.get("kind") or "person"), birthday=birthday, country=country, known=tuple(identities), **plain
    )
    return possible(drawn, actor)


def add(form: NewCustomerForm, actor: Actor) -> Customer | None:
    """Add the customer of a valid form and return them, or put what was refused at its fields and return None."""
    given = dict(form.cleaned_data)
    _check_addresses(form)
    if emails := twins(given["email"], "", given["country"], actor):
        form.add_error("email", _already(emails))
    if not given["anyway"] and (phones := twins("", given["phone"], given["country"], actor)):
        form.add_error("phone", _already(phones))
        form.add_error("anyway", ANYWAY)
    elif not given["anyway"] and (found := [one for one in likely(given, actor) if one.score >= ASKED]):
        form.add_error(None, _named(found))
        form.add_error("anyway", ANYWAY)
    if not form.is_valid():
        return None
    made: Customer | None = None
    with told(form), transaction.atomic():
        made = customers.create(
            by=actor,
            identities=[NewIdentity(kind, given[kind]) for kind in ("email", "phone") if given[kind]],
            stage=given["stage"],
            custom=form.custom(),
            **form.values(),
        )
        if given["company"] and made.kind == Customer.Kind.PERSON:
            affiliations.join(made, company_named(given["company"], actor), by=actor, role=given["role"])
    return made if form.is_valid() else None


def change(customer: Customer, form: CustomerForm, actor: Actor) -> bool:
    """Change a customer to what a valid form says; return False with the refusal at its field."""
    with told(form), transaction.atomic():
        customers.change(customer, by=actor, custom=form.custom(), **form.values())
        customers.enter_stage(customer, form.cleaned_data["stage"], by=actor)
    return form.is_valid()


@contextmanager
def told(form: CustomerForm) -> Iterator[None]:
    """Run the block; what the verbs refuse in it becomes an error at the field it is about."""
    first = "name" if form.cleaned_data.get("kind") == Customer.Kind.COMPANY else "given_name"
    try:
        with told_by(form, {Nameless: first, IdentityTaken: "email", customers.Trashed: None}):
            yield
    except InvalidField as refusal:
        form.add_error(f"{PREFIX}{refusal.key}", str(refusal))


def _check_addresses(form: NewCustomerForm) -> None:
    """Put at their fields what is no e-mail address and no phone number."""
    country = form.cleaned_data["country"] or home_country()
    for kind in ("email", "phone"):
        if form.cleaned_data[kind]:
            with told_by(form, {BadIdentity: kind}):
                normal_form(kind, form.cleaned_data[kind], country)


def _already(found: list[Twin]) -> str:
    row = found[0].customer
    return format_html(_('<a href="{}">{}</a> has this {} already.'), address_of(row), row.label, found[0].what)


def _named(found: list[Possible]) -> str:
    row = found[0].customer
    words = _('This may be <a href="{}">{}</a>: {}.')
    return format_html(words, address_of(row), row.label, reasons(found[0].reasons))


def address_of(customer: Customer) -> str:
    """Return the address of the customer page."""
    return reverse("staff:customer", args=[customer.pk])


def company_named(name: str, actor: Actor) -> Customer:
    """Return the company of this name within reach, added when there is none."""
    query = searching.query(name)
    if query is not None:
        rows = Customer.objects.visible_to(actor).live().filter(kind=Customer.Kind.COMPANY, search=query)
        for row in rows.order_by("number")[:50]:
            if search.fold(row.name) == search.fold(name.strip()):
                return row
    return customers.create(by=actor, kind=Customer.Kind.COMPANY, name=name.strip())
