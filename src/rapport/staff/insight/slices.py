"""The slices of service: which agents, queues, channels and tags can be asked for, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Thread
from rapport.insight import desk
from rapport.insight.metrics.seen import seen
from rapport.kernel.actors import Actor
from rapport.service import queries
from rapport.service.models import Queue
from rapport.staff.insight.asked import WITHOUT, Asked
from rapport.team.models import User
from rapport.ui.components.parts import Chip
from rapport.ui.navigation import Text

LABELS: Mapping[str, Text] = {"agent": _("Agent"), "queue": _("Queue"), "channel": _("Channel"), "tag": _("Tag")}
NAMES = tuple(LABELS)
EVERY: Mapping[str, Text] = {
    "agent": _("All agents"), "queue": _("All queues"), "channel": _("All channels"), "tag": _("All tags"),
}  # fmt: skip
NONE: Mapping[str, Text] = {
    "agent": _("Nobody's"), "queue": _("In no queue"), "channel": _("On no channel"), "tag": _("Without a tag"),
}  # fmt: skip
MAY_LACK = {"agent", "queue"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen of one kind: values with what people read, and the one that is."""

    name: str
    label: Text
    every: Text
    options: Sequence[tuple[str, Text]]
    chosen: str


def choices(asked: Asked, actor: Actor, tags: Iterable[str]) -> list[Choice]:
    """Return what a reader can choose: colleagues and queues within reach, channels, and these tags."""
    options: dict[str, list[tuple[str, Text]]] = {
        "agent": _agents(actor),
        "queue": [(str(one.pk), one.name) for one in queries.queues(actor)],
        "channel": [(value, label) for value, label in Thread.Channel.choices],
        "tag": [(tag, tag) for tag in tags],
    }
    found = []
    for name in NAMES:
        values: list[tuple[str, Text]] = options[name]
        if name in MAY_LACK:
            values = [*values, (WITHOUT, NONE[name])]
        chosen = asked.only.get(name)
        told = "" if chosen is None else chosen or WITHOUT
        if told and told not in {value for value, _label in values}:
            values = [(told, called(name, [told])[told]), *values]
        found.append(Choice(name, LABELS[name], EVERY[name], values, told))
    return found


def _agents(actor: Actor) -> list[tuple[str, Text]]:
    within, rows = seen(actor), User.objects.filter(deactivated_at__isnull=True).order_by("name")
    if within is not None:
        rows = rows.filter(pk__in=within.owners)
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def chips(asked: Asked) -> list[Chip]:
    """Return the slice that is asked for in words; each part can be taken away."""
    return [
        Chip(f"{LABELS[name]}: {called(name, [key])[key]}", remove=asked.asking(**{name: ""}) or "?")
        for name, key in asked.only.items()
    ]


def called(by: str, keys: Iterable[str]) -> dict[str, str]:
    """Return what people read for the agents, queues, channels or tags of these ids or names; "" is for none."""
    wanted = list(keys)
    known = _KNOWN[by]([key for key in wanted if key])
    return {key: known.get(key, key) if key else str(NONE[by]) for key in wanted}


def _rows(model: type[User] | type[Queue]) -> Callable[[Sequence[str]], dict[str, str]]:
    def found(keys: Sequence[str]) -> dict[str, str]:
        ids = [key for key in keys if _uuid(key)]
        return {str(pk): name for pk, name in model._default_manager.filter(pk__in=ids).values_list("pk", "name")}

    return found


def _channels(keys: Sequence[str]) -> dict[str, str]:
    return {value: str(label) for value, label in Thread.Channel.choices}


_KNOWN: Mapping[str, Callable[[Sequence[str]], dict[str, str]]] = {
    "agent": _rows(User), "queue": _rows(Queue), "channel": _channels, "tag": lambda keys: {},
}  # fmt: skip


def _uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def question(asked: Asked, actor: Actor) -> desk.Asked:
    """Return what is asked, as `insight.desk` takes it."""
    start, end = asked.days()
    return desk.Asked(start, end, asked.segment, asked.only, actor)


def condition(asked: Asked, *more: str) -> str:
    """Return the condition on tickets that lists those of the slice that meet `more` as well."""
    fields = {"agent": "owner", "queue": "queue", "channel": "channel"}
    parts = [*more]
    for name, key in asked.only.items():
        told = '"' + key.replace("\\", "").replace('"', "") + '"'
        if name == "tag":
            parts.append(f"tags has any ({told})")
        else:
            parts.append(f"{fields[name]} = {told}" if key else f"{fields[name]} is empty")
    return " and ".join(parts)
