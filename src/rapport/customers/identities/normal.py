"""What a normalised identity is, and how a refusal looks."""

from __future__ import annotations

from typing import NamedTuple


class Normal(NamedTuple):
    """One identity in its normal form.

    `value` is what is stored and shown (an e-mail in lower case with an ASCII domain, a phone in
    E.164). Two identities with one `match_key` are the same identity; for phones it folds the
    variants that networks treat as one number. `national` (phones) is the national number without
    the country code, `extension` the digits dialled after the call is connected.
    """

    value: str
    match_key: str
    national: str = ""
    extension: str = ""


class BadIdentity(ValueError):
    """The value is not an identity of its kind.

    `code` is stable and names the rule that refused it; the text says it in English.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
