"""What a mail says, as a message keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rapport.conversations.mail import cleaning, quoting
from rapport.conversations.mail.bodies import text_from
from rapport.conversations.mail.parts import Mail


@dataclass(frozen=True, slots=True)
class Said:
    """All of the text, what of it is new, and the HTML made harmless."""

    text: str
    fresh: str
    html: str


def said(mail: Mail, writer: str = "") -> Said:
    """Return what a mail of `writer` (a name or an address) says; one that cannot be read shows its source."""
    text = mail.text if mail.text.strip() else text_from(mail.html)
    html = cleaning.clean(mail.html).html
    if mail.unreadable:
        shown = f"{_('This mail could not be read. This is its source.')}\n\n{text}"
        return Said(shown, shown, html)
    return Said(text, quoting.split(text, sure=not mail.text.strip(), sender=writer).fresh, html)
