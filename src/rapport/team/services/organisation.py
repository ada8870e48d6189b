"""Setting up the organisation, once, and changing its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.money import check_currency
from rapport.kernel.verbs import verb
from rapport.team.events import OrganisationChanged
from rapport.team.models import Organisation, Role, User
from rapport.team.permissions import SETTINGS
from rapport.team.roles import presets

EDITABLE = frozenset({"name", "currency", "zone", "language", "country", "policy"})


class SetUpAlready(Exception):
    """The organisation is there; from here on its settings page changes it."""


class UnknownZone(ValueError):
    """Not the name of a time zone."""


class UnknownLanguage(ValueError):
    """Not one of the languages that the product speaks."""


@dataclass(frozen=True, slots=True)
class Founder:
    """The first administrator."""

    name: str
    email: str
    password: str


@transaction.atomic
def begin(*, currency: str, zone: str, country: str = "") -> Organisation:
    """Make an organisation without people, as an import into a fresh installation needs; `set_up` completes it.

    Raises `SetUpAlready`, `UnknownZone`, `MoneyError`.
    """
    if Organisation.objects.select_for_update().exists():
        raise SetUpAlready
    _check(zone=zone, language="en")
    return Organisation.objects.create(
        name="", currency=check_currency(currency), zone=zone, language="en", country=country, created_at=clock.now()
    )


@transaction.atomic
def set_up(
    name: str, *, currency: str, zone: str, language: str, founder: Founder, country: str = ""
) -> tuple[Organisation, User]:
    """Make the organisation, its roles and its first administrator, on an installation that has no people yet.

    Raises `SetUpAlready`, `UnknownZone`, `UnknownLanguage`, `MoneyError`, and Django's `ValidationError` for a weak
    password.
    """
    begun = Organisation.objects.select_for_update().first()
    if begun and User.objects.exists():
        raise SetUpAlready
    _check(zone=zone, language=language)
    at = clock.now()
    firm = Organisation(
        name=name.strip(),
        currency=check_currency(currency),
        zone=zone,
        language=language,
        country=country.upper(),
        created_at=begun.created_at if begun else at,
    )
    firm.save(force_insert=begun is None)
    make_roles()
    role = Role.objects.get(key="administrator")
    user = User(
        email=founder.email.strip().lower(),
        name=founder.name.strip(),
        role=role,
        language=language,
        zone=zone,
        joined_at=at,
    )
    validate_password(founder.password, user)
    user.set_password(founder.password)
    user.save(force_insert=True)
    return firm, user


def make_roles() -> None:
    """Make those of the five preset roles that are missing."""
    there = set(Role.objects.values_list("key", flat=True))
    Role.objects.bulk_create(
        Role(
            key=preset.key,
            name=str(preset.name),
            grants={right: reach.name.lower() for right, reach in preset.grants.items()},
        )
        for preset in presets()
        if preset.key not in there
    )


@verb(SETTINGS, publishes=(OrganisationChanged,))
def change(*, by: Actor, **values: Any) -> Organisation:
    """Change name, currency, zone, language, country or policy of the organisation.

    Raises `UnknownZone`, `UnknownLanguage`, `MoneyError`.
    """
    firm = Organisation.objects.select_for_update().get()
    if "currency" in values:
        values["currency"] = check_currency(values["currency"])
    _check(zone=values.get("zone", firm.zone), language=values.get("language", firm.language))
    changes = {
        key: [getattr(firm, key), new] for key, new in values.items() if key in EDITABLE and getattr(firm, key) != new
    }
    for key in changes:
        setattr(firm, key, values[key])
    if changes:
        firm.save(update_fields=list(changes))
        publish(OrganisationChanged(changes=changes), by=by)
    return firm


def _check(*, zone: str, language: str) -> None:
    if zone not in clock.zones():
        raise UnknownZone(_("%(zone)s is not a time zone.") % {"zone": zone})
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(_("Rapport does not speak %(language)s.") % {"language": language})
