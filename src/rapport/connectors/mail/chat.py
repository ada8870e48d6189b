"""The way out for answers in a chat: a visitor who is there reads them in the house, one who has left gets a mail."""

from __future__ import annotations

from rapport.connectors.mail.gateway import MailGateway
from rapport.conversations.gateways import Outgoing
from rapport.conversations.models import Message
from rapport.conversations.services import chats


class ChatGateway:
    """Hands answers to the visitor's page or, when nobody sits there, to the mail."""

    name = "chat"

    def __init__(self) -> None:
        self.mail = MailGateway()

    def send(self, outgoing: Outgoing) -> str:
        """Hand a message over; return what the mail server said, nothing for the house. Raises as `MailGateway`."""
        return self.mail.send(outgoing) if chats.goes_by_mail(outgoing.message) else ""

    def accepted(self, message: Message) -> bool | None:
        """Return whether the mail was taken; only what went by mail was ever handed to somebody."""
        return self.mail.accepted(message)
