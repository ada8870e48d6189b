"""Which thread a mail belongs to: what in it points at one, in the order of how far it can be trusted.

First our own signed token in an address it was sent to (VERP, Reply-To), then References from the newest to the oldest,
then every id of In-Reply-To, then a mark like `[#k3f9]` in its subject. Text and files are looked at only where that is
asked for: people paste what they like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from rapport.conversations.mail.bodies import text_from
from rapport.conversations.mail.charsets import text_of
from rapport.conversations.mail.headers import addresses
from rapport.conversations.mail.parts import Address, File, Mail
from rapport.conversations.mail.tokens import THREAD, Signer, in_subject

Found = TypeVar("Found")

REFERENCES, BODY, ATTACHMENT = "references", "body", "attachment"
EVERYWHERE = frozenset({REFERENCES, BODY, ATTACHMENT})
USUAL = frozenset({REFERENCES})
_READ = 200_000


@dataclass(frozen=True, slots=True)
class Clue:
    """Something that points at a thread. `kind` is token, reference, in_reply_to, subject, body or attachment.

    Of a reference the value is a Message-ID, of all others the token of a thread.
    """

    kind: str
    value: str

    @property
    def is_message_id(self) -> bool:
        """Whether the value names a message and not a thread."""
        return self.kind in ("reference", "in_reply_to")


def clues(mail: Mail, signer: Signer, look_in: frozenset[str] = USUAL) -> Iterator[Clue]:
    """Yield what points at a thread, the best first. `look_in` names the places that count beside token and subject."""
    for value in signer.values_in(THREAD, (*mail.to, *mail.cc, *_delivered(mail))):
        yield Clue("token", value)
    if REFERENCES in look_in:
        yield from (Clue("reference", one) for one in reversed(mail.references))
        yield from (Clue("in_reply_to", one) for one in mail.in_reply_to)
    for value in in_subject(mail.subject):
        yield Clue("subject", value)
    if BODY in look_in:
        for value in in_subject(mail.text or text_from(mail.html)):
            yield Clue("body", value)
    if ATTACHMENT in look_in:
        for file in mail.files:
            for value in in_subject(_text(file)):
                yield Clue("attachment", value)


def follow(
    mail: Mail,
    signer: Signer,
    *,
    by_token: Callable[[str], Found | None],
    by_message_id: Callable[[str], Found | None],
    look_in: frozenset[str] = USUAL,
) -> tuple[Clue, Found] | None:
    """Return the first clue that leads to something, and what it leads to; None when the mail begins a thread."""
    for clue in clues(mail, signer, look_in):
        found = by_message_id(clue.value) if clue.is_message_id else by_token(clue.value)
        if found is not None:
            return clue, found
    return None


def _delivered(mail: Mail) -> tuple[Address, ...]:
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "resent-to")
    return tuple(address for name in names for value in mail.headers.get(name, ()) for address in addresses(value))


def _text(file: File) -> str:
    """Return what people read in a file; what stands in the tags of a page is not read."""
    if file.media_type == "text/html":
        return text_from(text_of(file.content[:_READ]))
    return text_of(file.content[:_READ]) if file.media_type.startswith("text/") else ""
