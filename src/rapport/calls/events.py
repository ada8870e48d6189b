"""The news of calls: what the telephone system said. What was talked about stands in the log of the timeline."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("calls.rang", _("Phone rang"), _("is calling"), group="messages", icon="phone-incoming", timeline=False)
@dataclass(frozen=True)
class CallRang(Event):
    """A call began. The subject is the call; its number is told by nobody who may not see the call."""

    direction: str


@event("calls.ended", _("Call ended"), _("call ended: {state}"), group="messages", icon="phone", timeline=False)
@dataclass(frozen=True)
class CallEnded(Event):
    """A call is over. `state` is ended, missed or voicemail."""

    direction: str
    state: str


@event("calls.switchboard_changed", _("Telephone system changed"), _("{what} of the telephone system"), group="team",
       icon="phone", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class SwitchboardChanged(Event):
    """How the telephone system is connected was changed. No secret is told."""

    what: str
