"""Gateways: the ways by which messages leave. A connector implements `Gateway`; settings name it by its channel.

`GATEWAYS = {"email": "rapport.connectors.mail.gateway.MailGateway"}`; channels that nobody names there are read in the
house itself (chat, portal, API), so their messages have arrived as soon as they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from rapport.conversations.models import Attachment, Message

IN_THE_HOUSE = frozenset({"chat", "portal", "api"})
TIMEOUT_SECONDS = 60.0  # no gateway may take longer over one message: the outbox counts on it after a crash


class TryLater(Exception):
    """The message was certainly not taken; it may be offered again later."""


class Refused(Exception):
    """The message was certainly not taken and never will be: a wrong address, a wrong password, too large."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to hand over. Its Message-ID is fixed, whatever happens, and never goes to anybody else.

    `point_of_no_return` must be called just before the step after which the other side may have taken it (for SMTP:
    before the last line of the data). A crash before that call is known to have sent nothing.
    """

    message: Message
    attachments: Sequence[Attachment]
    point_of_no_return: Callable[[], None]


class Gateway(Protocol):
    """A way out.

    `send` returns what the other side answered, at most 500 characters. It raises `TryLater` or `Refused` when the
    message was certainly not taken. Any other exception before the point of no return is as `TryLater`; after it,
    nobody knows whether the message was taken. It ends within `TIMEOUT_SECONDS`.
    """

    name: str

    def send(self, outgoing: Outgoing) -> str:
        """Hand the message over."""
        ...

    def accepted(self, message: Message) -> bool | None:
        """Return whether a message that was handed over when we crashed was taken; None when nobody can tell."""
        ...


class House:
    """The gateway of channels whose messages are read in the house: there is nothing to hand over."""

    name = "house"

    def send(self, outgoing: Outgoing) -> str:
        """Return at once: the message is where it is read."""
        return ""

    def accepted(self, message: Message) -> bool | None:
        """Return that it was not handed over, since doing so again does nothing."""
        return False


class NoGateway(Exception):
    """Nothing is set up by which messages of this channel could leave."""


def gateway(channel: str) -> Gateway:
    """Return the gateway of `channel`; raises `NoGateway`."""
    name = settings.GATEWAYS.get(channel)
    if name:
        return _made(name)
    if channel in IN_THE_HOUSE:
        return House()
    raise NoGateway(channel)


@cache
def _made(name: str) -> Gateway:
    made: Gateway = import_string(name)()
    return made
