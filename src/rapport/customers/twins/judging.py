"""How likely two customers are one, from 0 to 100, with the reasons in words.

Each thing that they have in common says something by itself; together they say more, as independent witnesses do:
1 - (1 - a)(1 - b). What speaks against it takes a share of that away. The weights are ours, judged by what is seldom
shared by chance: a number that is theirs alone says nearly everything, a town next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from rapport.customers.twins.nicknames import may_be
from rapport.customers.twins.portrait import Portrait
from rapport.customers.twins.spelling import ALIKE, alike

ASKED = 50
"""From this score on a pair is put into the queue."""
SURE = 90
"""From this score on a pair may be merged without being looked at one by one."""
WORTH_A_WORD = 40
"""From this score on somebody who adds a customer is told."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that two customers have in common, or that tells them apart (`weight` is then a factor, `against`)."""

    label: str | Promise
    weight: float
    against: bool = False


SIGNS = {
    "number": Sign(_("same number or handle in another system"), 0.97),
    "mailbox": Sign(_("same mailbox, written differently"), 0.85),
    "phone": Sign(_("same phone number"), 0.6),
    "mail_name": Sign(_("same address at another mail provider"), 0.35),
    "name": Sign(_("same name"), 0.45),
    "middle": Sign(_("same name but for a middle name"), 0.38),
    "nickname": Sign(_("one name is a short form of the other"), 0.38),
    "initial": Sign(_("one name is abbreviated"), 0.25),
    "spelling": Sign(_("names spelt alike"), 0.3),
    "domain": Sign(_("same mail domain"), 0.75),
    "firm": Sign(_("same name, legal form aside"), 0.6),
    "firm_alike": Sign(_("names of companies alike"), 0.4),
    "firm_begins": Sign(_("names begin with the same word"), 0.2),
    "rare": Sign(_("hardly anybody else has this name"), 0.08),
    "birthday": Sign(_("same birthday"), 0.55),
    "address": Sign(_("same address"), 0.55),
    "postcode": Sign(_("same postcode"), 0.2),
    "city": Sign(_("same city"), 0.15),
    "company": Sign(_("of the same company"), 0.25),
    "other_name": Sign(_("but different names"), 0.35, against=True),
    "other_birthday": Sign(_("but different birthdays"), 0.4, against=True),
    "other_country": Sign(_("but different countries"), 0.75, against=True),
    "other_domain": Sign(_("but different mail domains"), 0.8, against=True),
}
"""What is found, by its code: the strongest first."""
_PROOF = frozenset({"number", "mailbox"})
_OWN = frozenset({"name", "middle", "nickname", "initial", "spelling", "firm", "firm_alike", "firm_begins"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The score from 0 to 100 and the codes of its reasons, the strongest first."""

    score: int
    reasons: tuple[str, ...]


def judge(one: Portrait, other: Portrait, *, rare: bool = False) -> Verdict:
    """Compare two customers. `rare` says that hardly anybody else has the name that both have."""
    if one.is_company != other.is_company:
        return Verdict(0, ())
    found = set(_common(one, other)) | set((_firms if one.is_company else _people)(one, other))
    if rare and found & {"name", "firm"}:
        found.add("rare")
    if not _enough(found, is_company=one.is_company):
        return Verdict(0, ())
    reasons = tuple(code for code in SIGNS if code in found)
    signs = {code: SIGNS[code] for code in reasons}
    likely = 1 - prod(1 - sign.weight for sign in signs.values() if not sign.against)
    against = prod(_factor(code, found) for code, sign in signs.items() if sign.against)
    return Verdict(round(100 * likely * against), reasons)


def _factor(code: str, found: set[str]) -> float:
    """How much of the likelihood a sign to the contrary leaves: more, where a number or mailbox proves much."""
    weight = SIGNS[code].weight
    return (1 + weight) / 2 if found & _PROOF else weight


def _enough(found: set[str], *, is_company: bool) -> bool:
    """Whether there is more than where and when: a town and a birthday are shared by strangers."""
    return bool(found & (_PROOF | _OWN | {"phone"}) or (is_company and "domain" in found))


def _common(one: Portrait, other: Portrait) -> Iterator[str]:
    if one.numbers & other.numbers:
        yield "number"
    if one.mailboxes & other.mailboxes:
        yield "mailbox"
    elif one.locals & other.locals:
        yield "mail_name"
    if one.phones & other.phones:
        yield "phone"
    if one.address and one.address == other.address:
        yield "address"
    elif one.postcode and one.place == other.place and one.country == other.country:
        yield "postcode"
    elif one.town and one.town == other.town:
        yield "city"
    if one.country and other.country and one.country != other.country:
        yield "other_country"


def _people(one: Portrait, other: Portrait) -> Iterator[str]:
    if one.birthday and other.birthday:
        yield "birthday" if one.birthday == other.birthday else "other_birthday"
    if set(one.employers) & set(other.employers):
        yield "company"
    if one.names and other.names:
        yield next((code for code, fits in _NAMES if fits(one, other)), "other_name")


def _same(one: Portrait, other: Portrait) -> bool:
    return one.names == other.names


def _but_for_a_middle_name(one: Portrait, other: Portrait) -> bool:
    """Ana Maria Lima and Ana Lima; of several family names one is enough, as in Spain and Portugal."""
    few, many = sorted((set(one.names), set(other.names)), key=len)
    return len(few) >= 2 and few <= many and one.given[0] == other.given[0]


def _of_one_family(one: Portrait, other: Portrait) -> bool:
    """Whether the names after the first are the same, or all of one among those of the other."""
    few, many = sorted(({*one.given[1:], *one.family}, {*other.given[1:], *other.family}), key=len)
    return few <= many


def _by_nickname(one: Portrait, other: Portrait) -> bool:
    return _of_one_family(one, other) and may_be(one.given[0], other.given[0])


def _abbreviated(one: Portrait, other: Portrait) -> bool:
    short, long = sorted((one.given[0], other.given[0]), key=len)
    return _of_one_family(one, other) and len(short) == 1 < len(long) and long.startswith(short)


def _spelt_alike(one: Portrait, other: Portrait) -> bool:
    """Both names alike, in this order or the other; a given name may be a short form besides."""

    def both(given: str, family: str) -> bool:
        return alike(one.family[-1], family) and (alike(one.given[0], given) or may_be(one.given[0], given))

    return both(other.given[0], other.family[-1]) or both(other.family[-1], other.given[0])


_NAMES: tuple[tuple[str, Callable[[Portrait, Portrait], bool]], ...] = (
    ("name", _same),
    ("middle", _but_for_a_middle_name),
    ("nickname", _by_nickname),
    ("initial", _abbreviated),
    ("spelling", _spelt_alike),
)


def _firms(one: Portrait, other: Portrait) -> Iterator[str]:
    if one.domains & other.domains:
        yield "domain"
    elif one.domains and other.domains:
        yield "other_domain"
    if not one.firm or not other.firm:
        return
    if one.firm == other.firm:
        yield "firm"
    elif fuzz.token_sort_ratio(one.firm, other.firm) >= 100 * ALIKE:
        yield "firm_alike"
    elif _first_word(one) == _first_word(other) != "":
        yield "firm_begins"
    else:
        yield "other_name"


def _first_word(of: Portrait) -> str:
    """The first word of a company's name, where it has three letters or more: "A1 Taxi" is not "A1 Telekom"."""
    word = of.firm.split()[0]
    return word if len(word) >= 3 else ""
