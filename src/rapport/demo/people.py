"""Made-up people for real customer numbers: the same number always gets the same name.

The purchases of the demonstration are real; nothing here is. Mail addresses are at example.com, which belongs to nobody,
and British phone numbers are from the ranges kept for drama.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

GIVEN = (
    "Ada Alice Amara Amelia Anil Anna Arjun Asha Aurora Beatrice Ben Bruno Callum Carla Cecilia Chloe Clara Daniel David "
    "Diana Dora Edith Eleanor Elias Elsie Emil Emma Erik Esme Ethan Eva Felix Fiona Freya Gareth George Grace Hana Harriet "
    "Harry Hugo Ida Imogen Ingrid Iris Isla Ivan Jack Jamal James Jasmine Joan Jonas Josephine Julia Kai Karin Keira Kofi "
    "Lars Laura Leila Leo Lina Lucy Lukas Mabel Maeve Maja Marcus Maria Marta Martin Matilda Mei Mia Milo Mina Mira Naomi "
    "Nadia Nina Noah Noor Nora Olive Oliver Omar Oscar Otto Pablo Paula Pearl Peter Petra Philippa Priya Rafael Rana Rhys "
    "Robin Rosa Ruby Ruth Samir Sanjay Sara Selma Silvia Simon Sofia Stella Tara Theo Thomas Tilda Tom Uma Vera Victor "
    "Viola Wanda Will Yara Yusuf Zara Zoe"
).split()
FAMILY = (
    "Abbott Adler Ahmed Andersson Archer Ashby Atkins Bailey Banerjee Barker Bauer Beck Bell Bennett Berg Bianchi Bishop "
    "Blom Booth Bradley Brandt Brook Byrne Campbell Carter Chandra Clarke Cole Cooper Costa Cross Dahl Dalton Davies Dean "
    "Dixon Doyle Dubois Eaton Edwards Ekman Ellis Evans Farrow Fischer Fletcher Flynn Foster Fox Frost Garcia Gibson Grant "
    "Gray Greene Haddad Hall Hansen Harper Hart Hayes Henderson Hill Holm Howard Hughes Hunt Ibrahim Irving Jansen Jensen "
    "Jones Kaur Keller Kelly Khan Kim King Klein Knight Kowalski Lambert Lane Larsen Lee Lind Lopez Lowe Lund Mackay Marsh "
    "Martin Mason Mehta Meyer Miller Moore Moreau Morgan Morris Murphy Nair Nash Novak Nystrom Okafor Olsen Owen Page "
    "Palmer Park Patel Pearce Perry Petersen Phillips Pike Porter Price Quinn Raman Reed Reid Rossi Rowe Russo Sato Schmidt "
    "Scott Shah Shaw Silva Singh Smith Stone Svensson Tanaka Taylor Thorne Tran Turner Vance Vega Vogel Wagner Walker Wallis "
    "Ward Watts Weber Wells White Wilson Winter Wood Wright Yates Young Zeller"
).split()
TRADES = (
    "Interiors", "Gifts", "& Daughters", "& Sons", "Home", "Trading", "Garden Centre", "Emporium", "Stationers", "Bazaar",
    "Lighting", "Tea Rooms", "Florists", "Toys", "Living", "Wholesale", "Books & Gifts", "Kitchens",
)  # fmt: skip
STREETS = (
    "High Street", "Station Road", "Church Lane", "Mill Road", "Market Place", "Victoria Road", "Park Avenue",
    "King Street", "Bridge Street", "Orchard Close", "Castle Street", "North Parade", "The Green", "Queens Road",
)  # fmt: skip
CITIES = {
    "GB": "Leeds London Bristol York Norwich Sheffield Glasgow Cardiff Belfast Brighton Exeter Durham Bath Oxford".split(),
    "DE": "Hamburg Bremen Köln Leipzig München Kassel".split(),
    "FR": "Lyon Nantes Lille Bordeaux Rennes Toulouse".split(),
    "IE": "Dublin Cork Galway Limerick".split(),
    "ES": "Madrid Sevilla Valencia Bilbao".split(),
    "NL": "Utrecht Leiden Haarlem Delft".split(),
    "BE": "Gent Antwerpen Namur Leuven".split(),
    "CH": "Zürich Bern Basel Luzern".split(),
    "PT": "Lisboa Porto Braga Coimbra".split(),
    "AU": "Melbourne Perth Hobart Adelaide".split(),
    "IT": "Torino Bologna Verona Napoli".split(),
    "NO": "Oslo Bergen Trondheim".split(),
    "SE": "Malmö Uppsala Lund".split(),
    "DK": "Aarhus Odense Aalborg".split(),
    "FI": "Turku Tampere Oulu".split(),
    "AT": "Graz Linz Wien".split(),
    "PL": "Gdańsk Kraków Poznań".split(),
    "JP": "Osaka Kyoto Sapporo".split(),
    "US": "Boston Portland Austin".split(),
    "CA": "Halifax Ottawa Calgary".split(),
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


def everybody(countries: dict[str, str]) -> Iterator[MadeUp]:
    """Yield a made-up customer for each number of `countries`, which maps numbers to countries."""
    return (make_up(number, country) for number, country in sorted(countries.items()))
