"""Macros: several steps in one go, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext as _

from rapport.conversations.mail.marking import marked
from rapport.conversations.services import messages, threads
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.kernel.verbs import verb
from rapport.service import steps as macro_steps
from rapport.service import variables
from rapport.service.events import MacroRun, ServiceSettingChanged
from rapport.service.models import Macro, Queue, Status, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services import assigning, sharing, statuses, talk, tickets
from rapport.service.services.locking import locked
from rapport.team.models import Team, User

NOUN = "macro"


class Nameless(ValueError):
    """A macro needs a name."""


class NoTalk(ValueError):
    """The ticket has no conversation that could be answered, noted in or snoozed."""


class StepFailed(ValueError):
    """A step was refused, so none of the macro was done. `number` counts from 1, `cause` is the refusal."""

    def __init__(self, number: int, cause: Exception) -> None:
        super().__init__(_("Step %(number)s: %(why)s") % {"number": number, "why": cause})
        self.number = number
        self.cause = cause


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def add(
    name: str,
    steps: Sequence[Mapping[str, Any]],
    *,
    by: Actor,
    description: str = "",
    scope: str = sharing.MINE,
    team: Team | None = None,
) -> Macro:
    """Add a macro of `steps` (see `service.steps`) and return it.

    Raises `Nameless`, `steps.BadStep`, `sharing.NoTeam`, `Forbidden`.
    """
    at = clock.now()
    last = Macro.objects.aggregate(last=Max("position"))["last"] or 0
    row = Macro(created_at=at, updated_at=at, position=last + 1)
    sharing.place(row, scope, team, by)
    _write(row, name, steps, description)
    sharing.tell(row, NOUN, "added", by)
    return row


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def change(macro: Macro, *, by: Actor, name: str, steps: Sequence[Mapping[str, Any]], description: str = "") -> Macro:
    """Write a macro anew. Raises as `add`, and `OutOfReach` for somebody else's own."""
    row = sharing.locked(macro, by)
    _write(row, name, steps, description)
    sharing.tell(row, NOUN, "changed", by)
    return row


@verb(CHANGE, publishes=(ServiceSettingChanged,))
def archive(macro: Macro, *, by: Actor) -> Macro:
    """Take a macro out of use. Raises `OutOfReach`, `Forbidden`."""
    row = sharing.locked(macro, by)
    row.archived_at = clock.now()
    row.save(update_fields=["archived_at", "updated_at"])
    sharing.tell(row, NOUN, "archived", by)
    return row


@verb(CHANGE, publishes=(MacroRun,), offer=("rules", "bulk", "mcp"))
def run(ticket: Ticket, macro: Macro, *, by: Actor) -> Ticket:
    """Do the steps of a macro to a ticket, in order and in one transaction, and return it.

    Each step is the verb of its name, with the actor's own rights. When one is refused nothing of the macro is done:
    `StepFailed` says which and why. Raises `OutOfReach` for somebody else's macro, and as `tickets.change`.
    """
    kept = sharing.usable(Macro, macro.pk, by)
    talk.lock_threads(ticket)
    row = locked(ticket)
    for number, step in enumerate(kept.steps, start=1):
        try:
            _STEPS[step["do"]](row, step, by)
        except (ValueError, Forbidden, OutOfReach, Status.DoesNotExist, Queue.DoesNotExist, User.DoesNotExist) as cause:
            raise StepFailed(number, cause) from cause
    Macro.objects.filter(pk=kept.pk).update(used=F("used") + 1)
    row = Ticket.objects.get(pk=row.pk)
    happening = MacroRun(number=row.code, name=kept.name, steps=len(kept.steps))
    publish(happening, by=by, subject=row, customer=row.requester_id)
    return row


def _write(row: Macro, name: str, steps: Sequence[Mapping[str, Any]], description: str) -> None:
    row.name, row.description = name.strip()[:120], description.strip()[:300]
    if not row.name:
        raise Nameless(_("A macro needs a name."))
    row.steps = macro_steps.check(steps)
    row.save()


def _reply(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    fresh = Ticket.objects.get(pk=ticket.pk)
    text = variables.fill(step["text"], fresh, by=by)
    messages.reply(_latest(ticket), text, by=by, html=marked(text))


def _note(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    fresh = Ticket.objects.get(pk=ticket.pk)
    text = variables.fill(step["text"], fresh, by=by)
    messages.note(_latest(ticket), text, by=by, html=marked(text))


def _snooze(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    threads.snooze(_latest(ticket), clock.now() + timedelta(hours=step["hours"]), by=by)


def _set(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    name = step["field"]
    if name.startswith(macro_steps.CUSTOM):
        tickets.change(ticket, by=by, custom={name.removeprefix(macro_steps.CUSTOM): step["value"]})
    else:
        tickets.change(ticket, by=by, **{name: step["value"]})


def _tag(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    tickets.tag(ticket, *step["tags"], by=by)


def _untag(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    tickets.untag(ticket, *step["tags"], by=by)


def _assign(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    if step["to"] == macro_steps.NOBODY:
        assigning.assign(ticket, None, by=by)
    else:
        key = by.user_id if step["to"] == macro_steps.ME else step["to"]
        assigning.assign(ticket, User.objects.get(pk=str(key)), by=by)


def _move(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    assigning.move(ticket, Queue.objects.get(pk=step["queue"]) if step["queue"] else None, by=by)


def _status(ticket: Ticket, step: Mapping[str, Any], by: Actor) -> None:
    wanted = step["status"]
    known = wanted in Status.Category.values
    tickets.set_status(ticket, statuses.standard(wanted) if known else Status.objects.get(pk=wanted), by=by)


def _latest(ticket: Ticket) -> Any:
    found = talk.lock_threads(ticket)
    if not found:
        raise NoTalk(no_talk(ticket))
    return found[0]


def no_talk(ticket: Ticket) -> str:
    """Return in words that nothing was said in a ticket."""
    return _("There is no conversation in %(number)s.") % {"number": ticket.code}


_STEPS: Mapping[str, Callable[[Ticket, Mapping[str, Any], Actor], None]] = {
    "reply": _reply,
    "note": _note,
    "set": _set,
    "tag": _tag,
    "untag": _untag,
    "assign": _assign,
    "move": _move,
    "status": _status,
    "snooze": _snooze,
}
