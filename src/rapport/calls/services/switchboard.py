"""Connecting the telephone system: its secret, what a number leads to, who sits where, and which reports came."""

from __future__ import annotations

import re
import secrets as randomness
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.calls.events import SwitchboardChanged
from rapport.calls.models import Extension, Report, Switchboard
from rapport.calls.permissions import MANAGE, REPORT
from rapport.kernel import clock, secrets
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.kernel.written import Written
from rapport.team.models import User

FORMER_LASTS = timedelta(hours=24)
TAKEN_KEPT = timedelta(minutes=30)
SHOWN = 30
_DIAL = re.compile(r"(tel|sip|sips|callto|https):[^\s\"'<>]+")
_PLACES = ("{number}", "{digits}")
_boards = Written()


class NotDialled(ValueError):
    """What a number shall lead to is no address for calling."""


class ExtensionTaken(ValueError):
    """Somebody else sits at this extension."""


class Replayed(ValueError):
    """This very report came before."""


def switchboard() -> Switchboard:
    """Return how the telephone system is connected; one that nobody connected is as by default."""
    return next(iter(_boards.objects("all", lambda: Switchboard.objects.order_by("pk")[:1])), None) or Switchboard()


def keys() -> list[str]:
    """Return the secrets that a report may be signed with now, the newest first."""
    row = switchboard()
    found = [row.secret]
    if row.former_until and clock.now() < row.former_until:
        found.append(row.former)
    return [secrets.unseal(one) for one in found if one]


@verb(MANAGE, publishes=(SwitchboardChanged,))
def rotate(*, by: Actor) -> str:
    """Make a new secret and return it, this once; the old one works for another day."""
    row = _locked()
    made = randomness.token_urlsafe(32)
    row.former, row.former_until = row.secret, clock.now() + FORMER_LASTS if row.secret else None
    row.secret = secrets.seal(made)
    row.save()
    publish(SwitchboardChanged(what=_("new secret")), by=by)
    return made


@verb(MANAGE, publishes=(SwitchboardChanged,))
def set_up(*, dial: str, call_back_hours: int, by: Actor) -> Switchboard:
    """Say what a number leads to, and within how many hours missed calls are called back. Raises `NotDialled`."""
    if not _DIAL.fullmatch(dial) or not any(place in dial for place in _PLACES):
        raise NotDialled(_("Write tel:{number}, or an address with sip: or https: that holds {number} or {digits}."))
    row = _locked()
    row.dial, row.call_back_hours = dial, call_back_hours
    row.save()
    publish(SwitchboardChanged(what=_("settings")), by=by)
    return row


@verb(MANAGE, publishes=(SwitchboardChanged,))
def seat(number: str, user: User, *, by: Actor) -> Extension:
    """Say who sits at an extension, and return it. Raises `ExtensionTaken`."""
    try:
        with transaction.atomic():
            made = Extension.objects.create(number=number.strip(), user=user)
    except IntegrityError as error:
        raise ExtensionTaken(_("Somebody sits at extension %(number)s already.") % {"number": number}) from error
    publish(SwitchboardChanged(what=_("extensions")), by=by)
    return made


@verb(MANAGE, publishes=(SwitchboardChanged,))
def clear_seat(extension: Extension, *, by: Actor) -> None:
    """Let nobody sit at an extension."""
    Extension.objects.filter(pk=extension.pk).delete()
    publish(SwitchboardChanged(what=_("extensions")), by=by)


@verb(REPORT)
def note_taken(signature: str, call: str, event: str, *, by: Actor) -> Report:
    """Note that a report was taken. Raises `Replayed` for one that was taken before.

    Those that were taken are kept as long as their signature could be accepted again, so that no replay is missed.
    """
    try:
        with transaction.atomic():
            made = Report.objects.create(at=clock.now(), signature=signature, call=call[:120], event=event[:20])
    except IntegrityError as error:
        raise Replayed(_("This report came before.")) from error
    _tidy()
    return made


@verb(REPORT)
def note_refused(error: str, *, by: Actor, call: str = "", event: str = "") -> Report:
    """Note that a report was refused, and why."""
    made = Report.objects.create(at=clock.now(), call=call[:120], event=event[:20], error=error[:300])
    _tidy()
    return made


def _tidy() -> None:
    shown = list(Report.objects.order_by("-at", "-id").values_list("pk", flat=True)[:SHOWN])
    old = Report.objects.exclude(pk__in=shown)
    old.filter(signature="").delete()
    old.filter(at__lt=clock.now() - TAKEN_KEPT).delete()


def _locked() -> Switchboard:
    Switchboard.objects.get_or_create(pk=1)
    return Switchboard.objects.select_for_update().get(pk=1)
