"""Customers who wrote, for the tests of the agent's page."""

from __future__ import annotations

from django.urls import reverse

from rapport.conversations.incoming import Incoming, IncomingFile
from rapport.conversations.mail.cleaning import clean
from rapport.conversations.models import Message
from rapport.conversations.services import messages
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
HTML = (
    '<p>Two arrived <b>bent</b>.</p><script>alert(1)</script><img src="cid:bent">'
    '<img src="https://far.example/a.png" alt="Logo">'
    "<blockquote>Your order is on its way.</blockquote>"
)
RAW = b"From: ana@example.com\r\nSubject: Bent\r\nX-Odd: yes\r\nContent-Type: text/plain\r\n\r\nTwo arrived bent.\r\n"


def wrote(
    text: str = "Two lanterns arrived bent.", *, address: str = "ana@example.com", subject: str = "Bent", key: str = "1"
) -> Ticket:
    """Let a customer write, and return the ticket that came of it."""
    incoming = Incoming(
        "email", text=text, fresh_text=text, subject=subject, from_address=address, message_id=f"{key}@example.com"
    )
    message = messages.receive(incoming, by=SYSTEM)
    return Ticket.objects.get(talk__thread=message.thread_id)


def wrote_html(html: str = HTML) -> Message:
    """Let a customer send a laid-out mail with a picture in it, and return the message."""
    incoming = Incoming(
        "email", text="Two arrived bent.", fresh_text="Two arrived bent.", html=clean(html).html, subject="Bent",
        from_address="ana@example.com", from_name="Ana Lima", message_id="html@example.com", raw=RAW,
        files=[IncomingFile("bent.png", PIXEL, "image/png", "bent", True)],
    )  # fmt: skip
    return messages.receive(incoming, by=SYSTEM)


def here(ticket: Ticket, name: str = "inbox_ticket", *more: object) -> str:
    """Return the address of a page of a ticket."""
    return reverse(f"staff:{name}", args=[ticket.number, *more])
