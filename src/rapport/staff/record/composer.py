"""The composer: what can be logged about a customer or promised to them, each with its form and its verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE as PROMISE
from rapport.promises.services import promises
from rapport.staff.record.forms import CallForm, MeetingForm, NoteForm, PromiseForm
from rapport.staff.refusals import Fields, told_by
from rapport.timeline.models import Activity
from rapport.timeline.permissions import LOG
from rapport.timeline.services import activities
from rapport.ui.navigation import Text

Made = Activity | Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """One tab of the composer. `done` is what a toast says, `undo` the name of the address that takes it back."""

    name: str
    label: Text
    icon: str
    form: type[forms.Form]
    right: Right
    act: Callable[[Customer, Any, Actor], Made]
    refusals: Fields
    button: Text
    done: Text
    undo: str


def _note(customer: Customer, form: NoteForm, by: Actor) -> Activity:
    return activities.write_note(customer, form.cleaned_data["text"], by=by)


def _call(customer: Customer, form: CallForm, by: Actor) -> Activity:
    return activities.log_call(customer, by=by, **form.cleaned_data)


def _meeting(customer: Customer, form: MeetingForm, by: Actor) -> Activity:
    return activities.log_meeting(customer, by=by, **form.cleaned_data)


def _promise(customer: Customer, form: PromiseForm, by: Actor) -> Promise:
    given = form.cleaned_data
    return promises.make(customer, given["what"], by=by, kind=given["kind"], **form.due())


FUTURE: Fields = {activities.InTheFuture: "at"}
UNLOG = "staff:customer_log_remove"

KINDS = (
    Kind("note", _("Note"), "note", NoteForm, LOG, _note, {activities.Empty: "text"}, _("Save note"),
         _("Note saved."), UNLOG),
    Kind("call", _("Call"), "phone", CallForm, LOG, _call, FUTURE, _("Log call"), _("Call logged."), UNLOG),
    Kind("meeting", _("Meeting"), "users-group", MeetingForm, LOG, _meeting, FUTURE, _("Log meeting"),
         _("Meeting logged."), UNLOG),
    Kind("promise", _("Promise"), "heart-handshake", PromiseForm, PROMISE, _promise,
         {promises.NoDueDate: "due_on"}, _("Promise it"), _("Promised."), "staff:customer_promise_unmake"),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Composer:
    """The composer of one page: the kinds its reader may use, the one that is open, and its form."""

    customer: Customer
    kinds: list[Kind]
    kind: Kind
    form: forms.Form
    open: bool

    @property
    def action(self) -> str:
        """Where the form is sent."""
        return reverse("staff:customer_compose", args=[self.customer.pk, self.kind.name])


def composer(
    customer: Customer, actor: Actor, name: str = "", form: forms.Form | None = None, *, called: bool = False
) -> Composer | None:
    """Return the composer with the kind `name` open, None for readers who may log nothing.

    `called` says that a number was just pressed: the call begins now.
    """
    kinds = [kind for kind in KINDS if actor.may(kind.right)]
    if not kinds or customer.deleted_at:
        return None
    kind = next((kind for kind in kinds if kind.name == name), kinds[0])
    return Composer(
        customer, kinds, kind, form or kind.form(initial={"at": clock.now()} if called else None), open=bool(name)
    )


def compose(customer: Customer, kind: Kind, form: forms.Form, by: Actor) -> Made | None:
    """Do what the form says and return what was made, or None after telling what was refused."""
    if not form.is_valid():
        return None
    with told_by(form, kind.refusals):
        return kind.act(customer, form, by)
    return None
