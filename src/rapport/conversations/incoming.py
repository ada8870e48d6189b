"""A message from outside, as a channel hands it over: plain values, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

Address = tuple[str, str]  # name, address
MAX_ID = 250
AROUND = " \t\r\n\f\v<>"


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that came with a message. `media_type` is what the sender said it was."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from outside.

    `message_id`, `in_reply_to` and `references` (oldest first) are Message-IDs without angle brackets. `tokens` are
    those found in addresses that the message went to, `subject_tokens` those found in its subject. `html` is cleaned
    already. `automatic` is empty, auto_reply, bounce, list or own. `raw` is the source, kept as it is. `thread_id`
    and `customer_id` are set by channels that know them for certain; a mail never knows. `park` files what cannot be
    placed without telling anybody: such a thread is spam until somebody clears it. `historic` ones were written before
    we began: they are filed and stand on the timeline, but nobody is woken by them.
    """

    channel: str
    at: datetime | None = None
    text: str = ""
    html: str = ""
    fresh_text: str = ""
    subject: str = ""
    from_address: str = ""
    from_name: str = ""
    to: Sequence[Address] = ()
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    reply_to: str = ""
    message_id: str = ""
    in_reply_to: Sequence[str] = ()
    references: Sequence[str] = ()
    tokens: Sequence[str] = ()
    subject_tokens: Sequence[str] = ()
    automatic: str = ""
    files: Sequence[IncomingFile] = ()
    raw: bytes = b""
    mailbox_id: UUID | None = None
    thread_id: UUID | None = None
    customer_id: UUID | None = None
    park: bool = False
    historic: bool = False

    def key(self) -> str:
        """Return what makes it one message: its Message-ID, else for a mail a hash of what is in it, else nothing."""
        if self.message_id:
            return short_id(self.message_id)
        if self.channel != "email":
            return ""
        moment = self.at.isoformat() if self.at and not self.raw else ""
        parts = (self.raw, moment, self.from_address.lower(), self.subject, self.text, self.html)
        joined = b"\x00".join(part if isinstance(part, bytes) else part.encode("utf-8", "replace") for part in parts)
        return f"{hashlib.sha256(joined).hexdigest()}@without-id.invalid"


def short_id(message_id: str) -> str:
    """Return a Message-ID without brackets and blanks; one longer than 250 characters as its hash."""
    plain = message_id.replace("\x00", "").strip(AROUND)
    if len(plain) <= MAX_ID:
        return plain
    return f"{hashlib.sha256(plain.encode('utf-8', 'replace')).hexdigest()}@long-id.invalid"
