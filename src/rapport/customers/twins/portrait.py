"""What of a customer is compared with others: names in words, addresses and numbers, where and when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from rapport.customers.identities import company_key, domain_key, is_free_mail
from rapport.kernel.search import fold

COMPANY = "company"
_NOT_WORD = re.compile(r"[^\w]+|_+")
_TITLES_SAID = """
    dr prof professor mr mrs ms miss mx sir herr frau hr fr sr sra srta dona don mme mlle monsieur madame dipl
    ing mag
"""
_ROLES_SAID = """
    info sales contact kontakt contacto contato office mail email post hello hallo hola support service admin
    shop team buchhaltung accounting billing invoice rechnung orders bestellung noreply webmaster marketing
    presse press
"""
_TITLES, _ROLES = frozenset(_TITLES_SAID.split()), frozenset(_ROLES_SAID.split())


@dataclass(frozen=True, slots=True)
class Known:
    """An identity as it is compared: kind, namespace, normal spelling and match key."""

    kind: str
    namespace: str
    normal: str
    match_key: str


@dataclass(frozen=True)
class Portrait:
    """What is compared. `employers` are the keys of the companies that a person belongs to."""

    kind: str = "person"
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    birthday: date | None = None
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    known: tuple[Known, ...] = ()
    employers: tuple[str, ...] = field(default=())

    @property
    def is_company(self) -> bool:
        """Whether it is a company."""
        return self.kind == COMPANY

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The given names of a person in folded words, without titles."""
        return self._names[0]

    @cached_property
    def family(self) -> tuple[str, ...]:
        """The family names of a person in folded words; empty when only one word is known of them."""
        return self._names[1]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names of a person, sorted, where two are known: who is written family name first meets themselves."""
        return tuple(sorted((*self.given, *self.family))) if self.given and self.family else ()

    @cached_property
    def firm(self) -> str:
        """The name of a company without its legal form."""
        return company_key(self.name) if self.is_company else ""

    @cached_property
    def domains(self) -> frozenset[str]:
        """The domains of a company: those of its addresses that are no free mail provider's, and of its web site."""
        if not self.is_company:
            return frozenset()
        return frozenset(filter(None, (domain_key(one.normal) for one in self.known if _may_have_domain(one))))

    @cached_property
    def mailboxes(self) -> frozenset[str]:
        """The mailboxes behind the e-mail addresses: without tag, and as the provider reads them."""
        return frozenset(mailbox(one.normal) for one in self.known if one.kind == "email")

    @cached_property
    def locals(self) -> frozenset[str]:
        """What stands before the @ of personal addresses, in letters only, where it says something.

        It is long, and more than the name once again: who has the same name often has the same there.
        """
        if self.is_company:
            return frozenset()
        found = {re.sub(r"[^a-z]", "", box.partition("@")[0]) for box in self.mailboxes}
        named = {"".join((*self.given, *self.family)), "".join((*self.family, *self.given))}
        return frozenset(one for one in found - named if len(one) >= 8 and one not in _ROLES)

    @cached_property
    def phones(self) -> frozenset[str]:
        """The match keys of the phone numbers."""
        return frozenset(one.match_key for one in self.known if one.kind == "phone")

    @cached_property
    def numbers(self) -> frozenset[tuple[str, str, str]]:
        """Numbers in other systems and handles, each with its namespace."""
        return frozenset(
            (one.kind, one.namespace, one.match_key) for one in self.known if one.kind in {"external", "handle"}
        )

    @cached_property
    def place(self) -> str:
        """The postcode, else the city, folded; empty when neither is known."""
        return fold(self.postcode).replace(" ", "") or self.town

    @cached_property
    def town(self) -> str:
        """The city, folded."""
        return " ".join(words(self.city))

    @cached_property
    def address(self) -> str:
        """Street and place together; empty unless both are known."""
        street = " ".join(words(self.street.lower().replace("str.", "strasse").replace("straße", "strasse")))
        return f"{street}|{self.place}" if street and self.place else ""

    @cached_property
    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if self.is_company:
            return (), ()
        given, family = self.given_name, self.family_name
        if not (given and family):
            if self.name.count(",") == 1:
                family, given = self.name.split(",")
            else:
                every = _without_titles(words(self.name or f"{given} {family}"))
                return every[:-1] or every, every[-1:] if len(every) > 1 else ()
        return _without_titles(words(given)), words(family)


@lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text."""
    return tuple(_NOT_WORD.sub(" ", fold(text)).split())


def mailbox(address: str) -> str:
    """Return the mailbox that an address in its normal form leads to: `ana.lima+shop@googlemail.com` → gmail's analima.

    A tag after a plus is the same mailbox nearly everywhere, dots are so at one provider. A hint, never proof.
    """
    local, _at, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def known(pairs: Iterable[Iterable[str]]) -> tuple[Known, ...]:
    """Return identities from rows of kind, namespace, normal spelling and match key."""
    return tuple(Known(*row) for row in pairs)


def _without_titles(every: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in every if word not in _TITLES) or every


def _may_have_domain(one: Known) -> bool:
    if one.kind == "email":
        return not is_free_mail(one.normal)
    return one.kind in {"handle", "external"} and one.namespace in {"web", "website", "domain", "url"}
