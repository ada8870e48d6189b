"""The steps of a macro as rows of a form: each kind asks for what it needs.

A row is named by its number: `step-0-do` says its kind, `step-0-text` its text. A row may be moved, removed or added
by buttons that send the whole form, so that nothing typed is lost and no script is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.kernel import fields
from rapport.service.models import Queue, Status, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.steps import CUSTOM, ME, MOST, NOBODY
from rapport.staff.settings.fields import WordsField, people_with
from rapport.ui.navigation import Text

Step = dict[str, Any]
KINDS: Mapping[str, Text] = {
    "reply": gettext_lazy("Answer"),
    "note": gettext_lazy("Write a note"),
    "status": gettext_lazy("Set the status"),
    "priority": gettext_lazy("Set the priority"),
    "type": gettext_lazy("Set the type"),
    "subject": gettext_lazy("Set the subject"),
    "custom": gettext_lazy("Set a field of your own"),
    "tag": gettext_lazy("Add tags"),
    "untag": gettext_lazy("Remove tags"),
    "assign": gettext_lazy("Assign"),
    "move": gettext_lazy("Move to a queue"),
    "snooze": gettext_lazy("Snooze"),
}
NONE = "-"


class StepForm(forms.Form):
    """One step; `kind` says which."""

    def __init__(self, kind: str, number: int, values: Mapping[str, Any]) -> None:
        super().__init__(
            prefix=f"step-{number}", initial={name: value for name, value in values.items() if name != "do"}
        )
        self.kind, self.number, self.label = kind, number, KINDS[kind]
        self.fields.update(_FIELDS[kind]())
        self.up, self.remove = f"up:{number}", f"remove:{number}"


def rows_of(steps: Sequence[Step]) -> list[Step]:
    """Return stored steps as rows of the form."""
    return [_row(step) for step in steps]


def rows_from(data: QueryDict) -> list[Step]:
    """Return the rows that were sent, in their order, as far as their kinds are known."""
    found = []
    for number in range(MOST + 1):
        kind = data.get(f"step-{number}-do", "")
        if kind in KINDS:
            row: Step = {"do": kind}
            for name in _FIELDS[kind]():
                row[name] = data.get(f"step-{number}-{name}", "")
            found.append(row)
    return found


def acted(rows: list[Step], act: str) -> list[Step]:
    """Return the rows after a button: `add:kind` puts one at the end, `up:n` and `remove:n` move and take row n."""
    verb, _colon, what = act.partition(":")
    if verb == "add" and what in KINDS and len(rows) < MOST:
        return [*rows, {"do": what}]
    number = int(what) if what.isdecimal() else -1
    if not 0 <= number < len(rows):
        return rows
    if verb == "remove":
        return rows[:number] + rows[number + 1 :]
    if verb == "up" and number:
        return [*rows[: number - 1], rows[number], rows[number - 1], *rows[number + 1 :]]
    return rows


def forms_of(rows: Sequence[Step]) -> list[StepForm]:
    """Return a form for each row."""
    return [StepForm(row["do"], number, row) for number, row in enumerate(rows)]


def steps_of(rows: Sequence[Step]) -> list[Step]:
    """Return rows as steps, to be checked by the verb that stores them."""
    return [_step(row) for row in rows]


def _row(step: Step) -> Step:
    if step["do"] == "set":
        name = str(step["field"])
        if name.startswith(CUSTOM):
            return {"do": "custom", "field": name.removeprefix(CUSTOM), "value": step["value"]}
        return {"do": name, "value": step["value"]}
    if step["do"] == "move":
        return {"do": "move", "queue": step["queue"] or NONE}
    return step


def _step(row: Step) -> Step:
    kind = row["do"]
    if kind in {"priority", "type", "subject"}:
        return {"do": "set", "field": kind, "value": row.get("value", "")}
    if kind == "custom":
        return {"do": "set", "field": f"{CUSTOM}{row.get('field', '')}", "value": row.get("value", "")}
    if kind in {"tag", "untag"}:
        return {"do": kind, "tags": str(row.get("tags", "")).split(",")}
    if kind == "move":
        return {"do": kind, "queue": None if row.get("queue") == NONE else row.get("queue", "")}
    return dict(row)


def _text() -> dict[str, forms.Field]:
    return {"text": forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 5}))}


def _choice(name: str, label: str, choices: Sequence[tuple[str, Any]]) -> dict[str, forms.Field]:
    return {name: forms.ChoiceField(label=label, choices=choices)}


def _custom() -> dict[str, forms.Field]:
    declared = [(one.key, one.label) for one in fields.declared("ticket")]
    return {**_choice("field", _("Field"), declared), "value": forms.CharField(label=_("Value"))}


def _tags() -> dict[str, forms.Field]:
    return {"tags": WordsField(label=_("Tags"), help_text=_("With commas between."))}


def _assign() -> dict[str, forms.Field]:
    people = [(str(one.pk), one.name) for one in people_with(CHANGE)]
    return _choice("to", _("To"), [(ME, _("Whoever runs the macro")), (NOBODY, _("Nobody")), *people])


def _move() -> dict[str, forms.Field]:
    return _choice("queue", _("Queue"), [*((str(one.pk), one.name) for one in Queue.objects.live()), (NONE, _("None"))])


def _status() -> dict[str, forms.Field]:
    return _choice("status", _("Status"), [(str(one.pk), one.name) for one in Status.objects.live()])


def _snooze() -> dict[str, forms.Field]:
    return {"hours": forms.IntegerField(label=_("Hours"), min_value=1, max_value=24 * 366)}


_FIELDS: Mapping[str, Callable[[], dict[str, forms.Field]]] = {
    "reply": _text,
    "note": _text,
    "status": _status,
    "priority": lambda: _choice("value", _("Priority"), Ticket.Priority.choices),
    "type": lambda: _choice("value", _("Type"), Ticket.Type.choices),
    "subject": lambda: {"value": forms.CharField(label=_("Subject"), max_length=300)},
    "custom": _custom,
    "tag": _tags,
    "untag": _tags,
    "assign": _assign,
    "move": _move,
    "snooze": _snooze,
}
