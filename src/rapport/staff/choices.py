"""What forms let choose from: countries, currencies, time zones and languages, in the reader's words."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from django.conf import settings
from django.utils.translation import get_language

from rapport.ui import formats

Choice = tuple[str, str]
Grouped = tuple[str, tuple[Choice, ...]]


def countries() -> tuple[Choice, ...]:
    """Return code (ISO 3166, two letters) and name of every country, by name."""
    return _countries(get_language() or "en")


def currencies() -> tuple[Choice, ...]:
    """Return code (ISO 4217) and name of every currency that is legal tender somewhere today, by code."""
    return _currencies(get_language() or "en")


def languages() -> list[Choice]:
    """Return code and name of the languages that the product speaks."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


@lru_cache(maxsize=1)
def zones() -> tuple[Grouped, ...]:
    """Return the time zones that people live in, grouped by continent: America/Sao_Paulo reads Sao Paulo."""
    names = sorted(name for name, country in get_global("zone_territories").items() if country.isalpha())
    names = [name for name in names if "/" in name and not name.startswith(("Etc/", "System"))]
    groups = groupby(names, key=lambda name: name.split("/", 1)[0])
    continents = tuple((area, tuple((name, _city(name)) for name in found)) for area, found in groups)
    return ((("UTC"), (("UTC", "UTC"),)), *continents)


def zones_of(country: str) -> list[str]:
    """Return the names of the time zones of a country, by name."""
    return sorted(name for name, where in get_global("zone_territories").items() if where == country and "/" in name)


def currency_of(country: str) -> str:
    """Return the currency that is used in a country today, "" for one that has none."""
    return next(iter(get_territory_currencies(country)), "") if country else ""


@lru_cache(maxsize=8)
def _countries(language: str) -> tuple[Choice, ...]:
    names = _locale(language).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NOT]
    return tuple(sorted(found, key=lambda pair: pair[1]))


@lru_cache(maxsize=8)
def _currencies(language: str) -> tuple[Choice, ...]:
    codes = {currency_of(code) for code, _name in _countries("en")} - {""}
    names = _locale(language).currencies
    return tuple((code, f"{code} · {names.get(code, code)}") for code in sorted(codes))


def _city(zone: str) -> str:
    return zone.split("/", 1)[1].replace("_", " ").replace("/", " · ")


def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-") if language else formats.locale()


_NOT = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"})
