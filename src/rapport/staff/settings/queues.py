"""Queues: who takes their tickets, how an owner is found, and what comes into them by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations.models import Mailbox, Thread
from rapport.service.models import Intake, Queue
from rapport.service.permissions import CHANGE, MANAGE
from rapport.service.services import queues as verbs
from rapport.service.services.assigning import CannotWork
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.fields import WordsField, counted, people_with
from rapport.staff.settings.tabs import part
from rapport.team.models import User
from rapport.ui.forms import ManyChoices
from rapport.ui.toasts import tell

REFUSALS: Fields = {verbs.NameTaken: "name", verbs.UnknownField: None, CannotWork: "members"}
EVERYTHING = "*"


class QueueForm(forms.Form):
    """A queue and who takes its tickets."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    description = forms.CharField(label=gettext_lazy("Description"), max_length=300, required=False)
    mode = forms.ChoiceField(
        label=gettext_lazy("Who gets a ticket"),
        choices=Queue.Mode.choices,
        help_text=gettext_lazy("By hand: somebody takes it. Otherwise it is given to whoever is there and has room."),
    )
    last_agent_first = forms.BooleanField(
        label=gettext_lazy("First whoever looked after the customer’s last ticket"), required=False
    )
    offer_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes to accept"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("Then the ticket is offered to the next one. Empty: it stays."),
    )
    skills = WordsField(
        label=gettext_lazy("Skills needed"),
        help_text=gettext_lazy(
            "With commas between, such as french, refunds. Only agents who have them all get tickets."
        ),
    )
    private = forms.BooleanField(
        label=gettext_lazy("Only its members see its tickets"),
        required=False,
        help_text=gettext_lazy("And those whose right reaches over everything."),
    )
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members"), queryset=User.objects.none(), widget=ManyChoices(), required=False
    )

    def __init__(self, data: object = None, *, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.fields["members"].queryset = people_with(CHANGE)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what a queue is changed to, but for its members."""
        names = ("name", "description", "mode", "last_agent_first", "offer_minutes", "skills", "private")
        return {name: self.cleaned_data[name] for name in names}


class IntakeForm(forms.Form):
    """What comes into a queue by itself."""

    source = forms.ChoiceField(label=gettext_lazy("What comes by"))

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        mailboxes = [(str(one.pk), one.address) for one in Mailbox.objects.order_by("address")]
        channels = [*Thread.Channel.choices, (EVERYTHING, _("anything that no other queue takes"))]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            *([(_("Mailboxes"), mailboxes)] if mailboxes else []), (_("Channels"), channels),
        ]  # fmt: skip

    def target(self) -> dict[str, Any]:
        """Return the mailbox or the channel that was chosen."""
        chosen = str(self.cleaned_data["source"])
        if chosen == EVERYTHING or chosen in Thread.Channel.values:
            return {"channel": "" if chosen == EVERYTHING else chosen}
        return {"mailbox": Mailbox.objects.get(pk=chosen)}


@require_safe
def queues(request: StaffRequest) -> HttpResponse:
    """List the queues, those out of use at the end."""
    request.actor.require(MANAGE)
    held = counted("queue")
    rows = sorted(_all(), key=lambda row: row.archived_at is not None)
    context: dict[str, object] = {
        "rows": [(row, held.get(row.pk, 0)) for row in rows],
        "covered": any(_takes_all(row) for row in rows),
    }
    return part(request, "queues", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a queue."""
    request.actor.require(MANAGE)
    form = QueueForm(request.POST or None, initial={"mode": Queue.Mode.MANUAL})
    if form.is_valid():
        with told_by(form, REFUSALS):
            made = verbs.add(by=request.actor, members=form.cleaned_data["members"], **form.values())
            tell(request, _("Queue %(name)s added. Say what comes into it.") % {"name": made.name})
            return redirect("staff:queue", made.pk)
    return part(request, "queues", {"form": form}, template="queue", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a queue and its members."""
    request.actor.require(MANAGE)
    row = get_object_or_404(_all(), pk=pk)
    form = QueueForm(request.POST or None, initial=_initial(row))
    if form.is_valid():
        with told_by(form, REFUSALS):
            verbs.change(row, by=request.actor, **form.values())
            verbs.set_members(row, form.cleaned_data["members"], by=request.actor)
            tell(request, _("Saved."))
            return redirect("staff:queues")
    return _page(request, row, form=form, status=422 if form.is_bound else 200)


@require_POST
def intake_add(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a queue have what comes by a mailbox or a channel."""
    request.actor.require(MANAGE)
    row = get_object_or_404(_all(), pk=pk)
    form = IntakeForm(request.POST)
    if form.is_valid():
        with told_by(form, {verbs.IntakeTaken: "source"}):
            verbs.take_in(row, by=request.actor, **form.target())
            tell(request, _("Saved."))
            return redirect("staff:queue", pk)
    return _page(request, row, intake_form=form, status=422)


@require_POST
def intake_drop(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a queue no longer have it."""
    row = get_object_or_404(Intake.objects.visible_to(request.actor), pk=pk)
    verbs.drop_intake(row, by=request.actor)
    tell(request, _("That no longer comes into this queue."))
    return redirect("staff:queue", row.queue_id)


@require_POST
def archive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a queue out of use."""
    row = get_object_or_404(Queue, pk=pk)
    try:
        verbs.archive(row, by=request.actor)
    except verbs.InUse as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:queue", pk)
    tell(request, _("Queue %(name)s is out of use.") % {"name": row.name})
    return redirect("staff:queues")


@require_POST
def restore(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Bring a queue back into use."""
    row = get_object_or_404(Queue, pk=pk)
    try:
        verbs.restore(row, by=request.actor)
    except verbs.NameTaken as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:queues")
    tell(request, _("Queue %(name)s is back.") % {"name": row.name})
    return redirect("staff:queue", pk)


def _page(request: StaffRequest, row: Queue, *, status: int = 200, **forms: forms.Form) -> HttpResponse:
    context: dict[str, object] = {
        "queue": row,
        "form": forms.get("form") or QueueForm(initial=_initial(row)),
        "intake_form": forms.get("intake_form") or IntakeForm(),
    }
    return part(request, "queues", context, template="queue", status=status)


def _initial(row: Queue) -> dict[str, object]:
    names = ("name", "description", "mode", "last_agent_first", "offer_minutes", "skills")
    return {
        **{name: getattr(row, name) for name in names},
        "private": row.private_since is not None,
        "members": row.members.all(),
    }


def _takes_all(row: Queue) -> bool:
    return any(not one.channel and one.mailbox_id is None for one in row.intakes.all())


def _all() -> QuerySet[Queue]:
    return Queue.objects.prefetch_related("members", Prefetch("intakes", Intake.objects.select_related("mailbox")))
