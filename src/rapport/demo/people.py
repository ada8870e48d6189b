"""Made-up people for real customer numbers: the same number always gets the same name.

The purchases of the demonstration are real; nothing here is. Mail addresses are at example.com, which belongs to
nobody, and British phone numbers are from the ranges kept for drama.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_DATA = Path(__file__).parent / "data"
GIVEN = tuple((_DATA / "given_names.txt").read_text("utf-8").split())
FAMILY = tuple((_DATA / "family_names.txt").read_text("utf-8").split())
TRADES = (
    "Interiors", "Gifts", "& Daughters", "& Sons", "Home", "Trading", "Garden Centre", "Emporium", "Stationers",
    "Bazaar", "Lighting", "Tea Rooms", "Florists", "Toys", "Living", "Wholesale", "Books & Gifts", "Kitchens",
)  # fmt: skip
STREETS = (
    "High Street", "Station Road", "Church Lane", "Mill Road", "Market Place", "Victoria Road", "Park Avenue",
    "King Street", "Bridge Street", "Orchard Close", "Castle Street", "North Parade", "The Green", "Queens Road",
)  # fmt: skip
CITIES = {
    country: cities for country, *cities in map(str.split, (_DATA / "cities.txt").read_text("utf-8").splitlines())
}
COMPANY_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A made-up customer for a real customer number."""

    number: str
    kind: str
    name: str
    given_name: str
    family_name: str
    email: str
    phone: str
    street: str
    city: str


def make_up(number: str, country: str) -> MadeUp:
    """Return the made-up customer of `number`, who lives in `country` (ISO 3166, two letters)."""
    dice = random.Random(f"rapport {number}")  # noqa: S311
    given, family = dice.choice(GIVEN), dice.choice(FAMILY)
    company = dice.random() < COMPANY_SHARE
    name = f"{family} {dice.choice(TRADES)}" if company else f"{given} {family}"
    mailbox = f"{given}.{family}.{number}".lower()
    phone = f"+44 1632 960{dice.randrange(1000):03}" if country == "GB" else ""
    return MadeUp(
        number=number,
        kind="company" if company else "person",
        name=name,
        given_name="" if company else given,
        family_name="" if company else family,
        email=f"{mailbox}@example.com",
        phone=phone,
        street=f"{dice.randrange(1, 200)} {dice.choice(STREETS)}",
        city=dice.choice(CITIES.get(country, [""])),
    )


def everybody(countries: Mapping[str, str]) -> Iterator[MadeUp]:
    """Yield a made-up customer for each number of `countries`, which maps numbers to countries."""
    return (make_up(number, country) for number, country in sorted(countries.items()))
