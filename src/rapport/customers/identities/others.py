"""Customer numbers of other systems, and names on social channels."""

from __future__ import annotations

import re
import unicodedata

from rapport.customers.identities.normal import BadIdentity, Normal

_WHOLE_AS_FLOAT = re.compile(r"(\d+)\.0+\Z")
_SPREADSHEET = re.compile(r"\d[.,]\d+E\+?\d+\Z", re.IGNORECASE)
_PROFILE_URL = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/(?:(?:in|u|user|profile|c)/)?@?([^/?#\s]+)/?(?:[?#].*)?\Z"
)
_LONGEST = 200


def external(value: str) -> Normal:
    """A customer's number in another system: trimmed, kept as written, compared without case.

    `17850.0` is `17850`: a whole number that a spreadsheet or a data frame has turned into a
    fraction. A spreadsheet's leading apostrophe goes. Raises BadIdentity: `external` when empty,
    too long or with line breaks, `external-spreadsheet` when digits are lost (`7.21045E+12`).
    """
    text = value.strip().lstrip("'").strip()
    whole = _WHOLE_AS_FLOAT.match(text)
    if whole:
        text = whole.group(1)
    if not text or len(text) > _LONGEST or "\n" in text:
        raise BadIdentity("external", f"not a number or code of a customer: {text[:40]!r}")
    if _SPREADSHEET.match(text):
        raise BadIdentity("external-spreadsheet", f"a spreadsheet has cut digits off this number: {text}")
    return Normal(text, text.casefold())


def handle(value: str) -> Normal:
    """A name on a social channel without `@`, from the bare name or the address of the profile.

    Raises BadIdentity with code `handle`.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    profile = _PROFILE_URL.match(text)
    if profile and not text.startswith("@"):
        text = profile.group(1)
    text = text.lstrip("@").strip()
    if not text or len(text) > _LONGEST or any(c.isspace() or c in "/?#" for c in text):
        raise BadIdentity("handle", f"not a name on a channel: {value[:40]!r}")
    return Normal(text, text.lower())
