"""The steps of a macro: what each needs, checked when the macro is saved.

A step is an object with a `do` and its values: {"do": "reply", "text": …}, {"do": "note", "text": …},
{"do": "set", "field": "priority", "value": "high"}, {"do": "tag", "tags": […]}, {"do": "untag", "tags": […]},
{"do": "assign", "to": "me" | "nobody" | user id}, {"do": "move", "queue": queue id or null},
{"do": "status", "status": status id or category}, {"do": "snooze", "hours": n}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel import fields
from rapport.service import variables
from rapport.service.models import Queue, Status, Ticket
from rapport.team.models import User

ME, NOBODY = "me", "nobody"
SETTABLE = {"type": Ticket.Type, "priority": Ticket.Priority, "subject": None}
CUSTOM = "custom."
MOST = 20


class BadStep(ValueError):
    """A step that cannot be done; `number` counts from 1."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(_("Step %(number)s: %(why)s") % {"number": number, "why": why})
        self.number = number


def check(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the steps with what they need and nothing else. Raises `BadStep` for the first that is not right."""
    if not steps:
        raise BadStep(1, _("a macro needs a step."))
    if len(steps) > MOST:
        raise BadStep(MOST + 1, _("a macro has %(most)s steps at most.") % {"most": MOST})
    result = []
    for number, step in enumerate(steps, start=1):
        kind = str(step.get("do", ""))
        if kind not in _CHECKS:
            raise BadStep(number, _("there is no step %(kind)s.") % {"kind": kind})
        try:
            result.append({"do": kind, **_CHECKS[kind](step)})
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise BadStep(
                number, str(error) if isinstance(error, ValueError) else _("something is missing.")
            ) from error
    return result


def _text(step: Mapping[str, Any]) -> dict[str, Any]:
    text = str(step["text"]).strip()
    if not text:
        raise ValueError(_("there is no text."))
    variables.check(text)
    return {"text": text}


def _set(step: Mapping[str, Any]) -> dict[str, Any]:
    name, value = str(step["field"]), step["value"]
    if name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        fields.clean("ticket", {key: value}, partial=True)
        return {"field": name, "value": value}
    if name not in SETTABLE:
        raise ValueError(_("a macro cannot set %(field)s.") % {"field": name})
    choices = SETTABLE[name]
    if choices is not None and value not in choices.values:
        raise ValueError(_("there is no %(field)s %(value)s.") % {"field": name, "value": value})
    if not str(value).strip():
        raise ValueError(_("there is no text."))
    return {"field": name, "value": value}


def _tags(step: Mapping[str, Any]) -> dict[str, Any]:
    tags = [str(tag).strip() for tag in step["tags"] if str(tag).strip()]
    if not tags:
        raise ValueError(_("there is no tag."))
    return {"tags": tags}


def _assign(step: Mapping[str, Any]) -> dict[str, Any]:
    to = str(step["to"])
    if to not in {ME, NOBODY} and not User.objects.filter(pk=UUID(to), deactivated_at__isnull=True).exists():
        raise ValueError(_("there is no such colleague."))
    return {"to": to}


def _move(step: Mapping[str, Any]) -> dict[str, Any]:
    if step["queue"] is None:
        return {"queue": None}
    if not Queue.objects.live().filter(pk=UUID(str(step["queue"]))).exists():
        raise ValueError(_("there is no such queue."))
    return {"queue": str(step["queue"])}


def _status(step: Mapping[str, Any]) -> dict[str, Any]:
    wanted = str(step["status"])
    if wanted not in Status.Category.values and not Status.objects.live().filter(pk=UUID(wanted)).exists():
        raise ValueError(_("there is no such status."))
    return {"status": wanted}


def _snooze(step: Mapping[str, Any]) -> dict[str, Any]:
    hours = int(step["hours"])
    if not 1 <= hours <= 24 * 366:
        raise ValueError(_("a ticket rests from an hour to a year."))
    return {"hours": hours}


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "reply": _text,
    "note": _text,
    "set": _set,
    "tag": _tags,
    "untag": _tags,
    "assign": _assign,
    "move": _move,
    "status": _status,
    "snooze": _snooze,
}
