"""What a fresh installation can guess from the browser of its first visitor."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

from rapport.staff import choices
from rapport.team.models import Organisation

HOMES = {"en": "GB", "pt": "BR", "de": "DE", "fr": "FR", "es": "ES"}
CAPITALS = {
    "GB": "Europe/London",
    "US": "America/New_York",
    "BR": "America/Sao_Paulo",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "PT": "Europe/Lisbon",
    "MX": "America/Mexico_City",
    "AR": "America/Argentina/Buenos_Aires",
    "CA": "America/Toronto",
    "AU": "Australia/Sydney",
}


def initial(request: HttpRequest) -> dict[str, str]:
    """Return language, country, currency and zone: as an import has begun them, else as the browser suggests."""
    begun = Organisation.objects.first()
    known = {"country": begun.country, "currency": begun.currency, "zone": begun.zone} if begun else {}
    return _suggested(request) | {name: value for name, value in known.items() if value}


def _suggested(request: HttpRequest) -> dict[str, str]:
    language = get_language() or "en"
    language = language if language in dict(settings.LANGUAGES) else "en"
    country = _country(request.headers.get("Accept-Language", "")) or HOMES.get(language, "")
    return {
        "language": language,
        "country": country,
        "currency": choices.currency_of(country) or "EUR",
        "zone": zone_of(country),
    }


def zone_of(country: str) -> str:
    """Return the time zone of a country: its only one, or for a wide country that of its largest city, else UTC."""
    known = choices.zones_of(country)
    return CAPITALS.get(country) or (known[0] if len(known) == 1 else "UTC")


def _country(header: str) -> str:
    """Return the country of the first language that names one: en-US, pt-BR."""
    for code, _weight in parse_accept_lang_header(header):
        try:
            territory = Locale.parse(code, sep="-").territory
        except (ValueError, UnknownLocaleError):
            continue
        if territory and len(territory) == 2:
            return territory
    return ""
