"""What conditions can ask of customers, and of the addresses, consents and companies that belong to them."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Consent, Customer, Identity
from rapport.customers.permissions import MERGE
from rapport.customers.twins.judging import SIGNS
from rapport.kernel.conditions import Field, Is, News, Op, Relation, Type, register
from rapport.team.models import User

ABOUT = _("About")
LIFE_CYCLE = _("Life cycle")
ADDRESS = _("Address")
CONTACT = _("Contact")


def countries() -> tuple[tuple[str, str], ...]:
    """Return code (ISO 3166) and name of every country in the language that is active."""
    return _countries(get_language() or "en")


def staff() -> list[tuple[UUID, str]]:
    """Return id and name of every user, those who left last."""
    return list(User.objects.order_by("deactivated_at", "name").values_list("pk", "name"))


@lru_cache(maxsize=8)
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(language, sep="-").territories
    known = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NONE]
    return tuple(sorted(known, key=lambda pair: pair[1]))


_NONE = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"})
NEWEST = Is(field="replaced", op=Op.EMPTY)
RUNNING = Is(field="until", op=Op.EMPTY)

register(
    "customer",
    model="customers.Customer",
    label=_("Customer"),
    custom="custom",
    news=News(),
    fields=[
        Field("name", _("Name"), Type.TEXT, group=ABOUT),
        Field("number", _("Number"), Type.NUMBER, whole=True, group=ABOUT),
        Field("kind", _("Person or company"), Type.CHOICE, choices=Customer.Kind.choices, group=ABOUT),
        Field("stage", _("Stage"), Type.CHOICE, choices=Customer.Stage.choices, group=LIFE_CYCLE),
        Field("owner", _("Owner"), Type.CHOICE, orm="owner_id", key=UUID, choices=staff, group=ABOUT),
        Field("tags", _("Tags"), Type.CHOICES, group=ABOUT),
        Field("source", _("Source"), Type.TEXT, group=LIFE_CYCLE),
        Field("since", _("Customer since"), Type.DATETIME, group=LIFE_CYCLE),
        Field("created", _("Added"), Type.DATETIME, orm="created_at", group=LIFE_CYCLE),
        Field("updated", _("Changed"), Type.DATETIME, orm="updated_at", group=LIFE_CYCLE),
        Field("country", _("Country"), Type.CHOICE, choices=countries, group=ADDRESS),
        Field("city", _("City"), Type.TEXT, group=ADDRESS),
        Field("region", _("Region"), Type.TEXT, group=ADDRESS),
        Field("postcode", _("Postcode"), Type.TEXT, group=ADDRESS),
        Field("street", _("Street"), Type.TEXT, group=ADDRESS),
        Field("language", _("Language"), Type.CHOICE, choices=settings.LANGUAGES, group=CONTACT),
        Field("zone", _("Time zone"), Type.TEXT, group=CONTACT),
        Field("channel", _("Preferred channel"), Type.CHOICE, orm="preferred_channel",
              choices=Customer.Channel.choices, group=CONTACT),
        Field("birthday", _("Birthday"), Type.DATE, group=ABOUT),
        Field("given_name", _("Given name"), Type.TEXT, group=ABOUT),
        Field("family_name", _("Family name"), Type.TEXT, group=ABOUT),
        Field("sample", _("Made up for the demonstration"), Type.BOOLEAN, group=ABOUT),
    ],
    relations=[
        Relation("identities", _("Addresses and numbers"), "identity", there="customer_id", attr="identities",
                 group=CONTACT),
        Relation("consents", _("Consent"), "consent", there="customer_id", attr="consents", only=NEWEST, group=CONTACT),
        Relation("companies", _("Companies"), "affiliation", there="person_id", attr="employers", only=RUNNING,
                 group=ABOUT),
        Relation("people", _("People of the company"), "affiliation", there="company_id", attr="people", only=RUNNING,
                 group=ABOUT),
    ],
)  # fmt: skip
register(
    "identity",
    model="customers.Identity",
    label=_("Address or number"),
    fields=[
        Field("kind", _("Kind"), Type.CHOICE, choices=Identity.Kind.choices),
        Field("value", _("Address or number"), Type.TEXT, orm="normal"),
        Field("namespace", _("Where it is from"), Type.TEXT),
        Field("label", _("Label"), Type.TEXT),
        Field("primary", _("Is the first of its kind"), Type.BOOLEAN),
        Field("invalid", _("Does not work since"), Type.DATETIME, orm="invalid_at"),
    ],
    relations=[Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False)],
)
register(
    "consent",
    model="customers.Consent",
    label=_("Consent"),
    fields=[
        Field("channel", _("Channel"), Type.CHOICE, choices=Customer.Channel.choices),
        Field("topic", _("Topic"), Type.TEXT),
        Field("state", _("State"), Type.CHOICE, choices=Consent.State.choices),
        Field("at", _("Date"), Type.DATETIME),
        Field("replaced", _("Replaced"), Type.DATETIME, orm="replaced_at"),
    ],
    relations=[Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False)],
)
register(
    "affiliation",
    model="customers.Affiliation",
    label=_("Part in a company"),
    fields=[
        Field("role", _("Role"), Type.TEXT),
        Field("since", _("Since"), Type.DATE),
        Field("until", _("Until"), Type.DATE),
    ],
    relations=[
        Relation("company", _("Company"), "customer", here="company_id", attr="company", many=False),
        Relation("person", _("Person"), "customer", here="person_id", attr="person", many=False),
    ],
)
register(
    "duplicate",
    model="customers.Duplicate",
    label=_("Two who may be one"),
    fields=[
        Field("score", _("Likelihood"), Type.NUMBER, whole=True, right=MERGE),
        Field("kind", _("Person or company"), Type.CHOICE, orm="first__kind", choices=Customer.Kind.choices),
        Field("reasons", _("Why"), Type.CHOICES, choices=[(code, sign.label) for code, sign in SIGNS.items()]),
        Field("found", _("Found"), Type.DATETIME, orm="found_at"),
    ],
    relations=[
        Relation("first", _("One of them"), "customer", here="first_id", attr="first", many=False),
        Relation("second", _("The other"), "customer", here="second_id", attr="second", many=False),
    ],
)
