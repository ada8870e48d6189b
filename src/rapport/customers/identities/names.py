"""Names of people and of domains, folded into keys under which spellings of one name meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from rapport.customers.identities.freemail import FREE_MAIL_DOMAINS
from rapport.kernel.search import fold

_NOT_WORD = re.compile(r"[^\w]+|_+")
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://|mailto:|//)?(?:[^/?#@\s]*@)?([^/?#:\s]+)", re.IGNORECASE)


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", fold(text)).split()


def person_key(name: str, family_name: str = "") -> str:
    """Both names of a person, folded, given name first; empty when only one name is known.

    Takes either one full name (`Silva, Ana` and `Ana Silva` are the same) or given and family name.
    Equal keys suggest the same person; they never prove it.
    """
    if not family_name and name.count(",") == 1:
        family_name, name = name.split(",")
    words = _words(f"{name} {family_name}")
    if len(words) < 2 or (family_name and not _words(name)):
        return ""
    return " ".join(words)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def domain_key(value: str) -> str:
    """The registrable domain in an address: `https://www.shop.example.co.uk/a` → `example.co.uk`.

    Empty for what is no domain name (an IP address, a single word) and for free mail providers,
    whose domain says nothing about a firm.
    """
    found = _HOST.match(value.strip())
    host = fold_domain(found.group(1)) if found else ""
    if "." not in host or host.replace(".", "").isdigit():
        return ""
    domain = _suffixes().privatesuffix(host) or ""
    return "" if domain in FREE_MAIL_DOMAINS else domain


def fold_domain(host: str) -> str:
    """A host name in lower case and ASCII (punycode); empty when it cannot be one."""
    host = unicodedata.normalize("NFKC", host).strip().strip(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
