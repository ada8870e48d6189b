"""E-mail addresses: one normal form, decided by syntax alone (no look-up is made)."""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from rapport.customers.identities.freemail import FREE_MAIL_DOMAINS
from rapport.customers.identities.normal import BadIdentity, Normal

# Plain ASCII addresses in lower case. Whatever this accepts, email-validator accepts unchanged
# (a property test holds them together); everything else is asked of the library.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ATEXT = r"[a-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_PLAIN = re.compile(
    rf"{_ATEXT}(?:\.{_ATEXT})*@(?:{_LABEL}\.)+"
    r"(?!(?:arpa|invalid|local|localhost|onion|test)\Z)"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z])|[a-z])\Z"
)
_BRACKETED = re.compile(r"[^<>]*<\s*([^<>\s]+)\s*>")
_LONGEST = 254


def email(value: str) -> Normal:
    """The normal form of an address: NFKC, trimmed, lower case, domain as punycode.

    Tags (`ana+shop@…`) and dots stay: they may be different mailboxes. `Ana <ana@example.com>` and
    `mailto:ana@example.com` are read as the address in them.
    Raises BadIdentity with code `email`.
    """
    plain = value.strip().lstrip("'").lower()  # a spreadsheet writes an apostrophe in front of text
    if len(plain) <= _LONGEST and _PLAIN.match(plain) and "--" not in plain:
        return Normal(plain, plain)
    return _unusual(value)


def _unusual(value: str) -> Normal:
    folded = unicodedata.normalize("NFKC", value).strip().strip("\u200b\u200c\u200d\ufeff'").strip()
    bracketed = _BRACKETED.fullmatch(folded)
    address = (bracketed.group(1) if bracketed else folded).removeprefix("mailto:").lower()
    try:
        checked = validate_email(address, check_deliverability=False)
    except (EmailNotValidError, UnicodeError) as refused:
        raise BadIdentity("email", str(refused)) from None
    normal = f"{checked.local_part}@{checked.ascii_domain}".lower()
    return Normal(normal, normal)


def is_free_mail(address: str) -> bool:
    """Whether the address (or bare domain) is at a provider open to everybody.

    Such a domain says nothing about the firm its owner works for.
    """
    return address.rpartition("@")[2].lower() in FREE_MAIL_DOMAINS
