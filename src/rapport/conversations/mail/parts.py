"""What a mail is once it has been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of a header: its name as people read it, and its address in lower case."""

    name: str
    email: str

    @property
    def local(self) -> str:
        """The part before the at sign."""
        return self.email.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part after the at sign."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class File:
    """Something attached; `content_id` is the name by which the HTML may show it (without its brackets)."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A machine-readable part of a report (RFC 3464, RFC 5965): its media type and its fields, group by group."""

    media_type: str
    groups: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was read.

    `message_id` has no brackets and is never empty: a mail without one gets one made of what is in it. `at` is None
    when the date could not be read. `headers` maps lower-case names to all values, in their order. `problems` says in
    plain words what was wrong; `unreadable` mails have nothing but their raw text.
    """

    message_id: str
    subject: str = ""
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    at: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    reports: tuple[Report, ...] = ()
    returned: str = ""  # the head of the mail that a report brings back
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    problems: tuple[str, ...] = ()
    unreadable: bool = False
    has_id: bool = True  # False when the id was made here

    def header(self, name: str) -> str:
        """Return the first value of a header, or an empty text."""
        values = self.headers.get(name.lower())
        return values[0] if values else ""
