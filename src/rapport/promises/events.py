"""The news of promises."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("promises.made", _("Promise made"), _("was promised: {what}"), group="promises", icon="heart-handshake",
       personal=("what",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class PromiseMade(Event):
    """Something was promised to a customer; `due` is a date or a moment as ISO text."""

    what: str
    kind: str
    due: str
    maker: str = ""
    source: str = ""


@event("promises.kept", _("Promise kept"), _("promise kept: {what}"), group="promises", icon="circle-check",
       personal=("what",))  # fmt: skip
@dataclass(frozen=True)
class PromiseKept(Event):
    """A promise was fulfilled in time."""

    what: str
    kind: str
    days_early: int = 0


@event("promises.late", _("Promise late"), _("promise kept late: {what}"), group="promises",
       icon="alert-triangle", personal=("what",))  # fmt: skip
@dataclass(frozen=True)
class PromiseLate(Event):
    """A promise was fulfilled, but after it was due."""

    what: str
    kind: str
    days_late: int = 0


@event("promises.broken", _("Promise broken"), _("promise broken: {what}"), group="promises", icon="heart-broken",
       personal=("what", "reason"))  # fmt: skip
@dataclass(frozen=True)
class PromiseBroken(Event):
    """A promise will not be fulfilled."""

    what: str
    kind: str
    reason: str = ""


@event("promises.released", _("Promise released"), _("let us off: {what}"), group="promises", icon="feather",
       personal=("what", "reason"))  # fmt: skip
@dataclass(frozen=True)
class PromiseReleased(Event):
    """The customer no longer expects what was promised; it counts neither as kept nor as broken."""

    what: str
    kind: str
    reason: str = ""


@event("promises.moved", _("Promise moved"), _("new date for: {what}"), group="promises", icon="calendar-event",
       personal=("what",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class PromiseMoved(Event):
    """The customer agreed to a new date before the old one had passed."""

    what: str
    before: str
    due: str


@event("promises.reopened", _("Promise opened again"), _("promise open again: {what}"), group="promises",
       icon="restore", personal=("what",))  # fmt: skip
@dataclass(frozen=True)
class PromiseReopened(Event):
    """How a promise ended was taken back; `outcome` is what it had ended as."""

    what: str
    outcome: str


@event("promises.held", _("Promise resting"), _("promise rests: {what}"), group="promises", icon="player-pause",
       personal=("what",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class PromiseHeld(Event):
    """The clock that a promise follows stands still, as while a ticket waits for the customer."""

    what: str
    kind: str
    reason: str = ""


@event("promises.resumed", _("Promise goes on"), _("promise goes on: {what}"), group="promises",
       icon="player-play", personal=("what",), timeline=False)  # fmt: skip
@dataclass(frozen=True)
class PromiseResumed(Event):
    """A promise that rested or had ended goes on, because the clock that it follows does."""

    what: str
    kind: str
    due: str
