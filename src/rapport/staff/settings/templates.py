"""Templates: tickets to start from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel.fields import InvalidField
from rapport.service.models import Queue, Ticket, TicketTemplate
from rapport.service.permissions import CHANGE
from rapport.service.services import patching, sharing
from rapport.service.services import templates as verbs
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.fields import LinesField, WordsField
from rapport.staff.settings.sharing import SharedForm, listed, may_change, whose
from rapport.staff.settings.tabs import part
from rapport.ui.toasts import tell

REFUSALS: Fields = {
    verbs.Nameless: "name",
    patching.UnknownField: None,
    patching.NoSuchRow: "queue",
    InvalidField: None,
    sharing.NoTeam: "scope",
}


class TemplateForm(SharedForm):
    """What a ticket begins with."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300, required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=Ticket.Type.choices, initial=Ticket.Type.QUESTION)
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=Ticket.Priority.choices, initial=Ticket.Priority.NORMAL
    )
    queue = forms.ModelChoiceField(
        label=gettext_lazy("Queue"), queryset=Queue.objects.live(), required=False, empty_label=gettext_lazy("None")
    )
    tags = WordsField(label=gettext_lazy("Tags"), help_text=gettext_lazy("With commas between."))
    checklist = LinesField(
        label=gettext_lazy("Checklist"), help_text=gettext_lazy("One thing to do a line."), max_length=4_000
    )

    def values(self) -> dict[str, Any]:
        """Return what a template is changed to."""
        given = self.cleaned_data
        names = ("subject", "type", "priority", "tags", "checklist")
        return {**{name: given[name] for name in names}, "queue_id": given["queue"].pk if given["queue"] else None}


@require_safe
def templates(request: StaffRequest) -> HttpResponse:
    """List the templates that the reader may use."""
    request.actor.require(CHANGE)
    return part(request, "templates", {"rows": listed(TicketTemplate, request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a template."""
    request.actor.require(CHANGE)
    form = TemplateForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with told_by(form, REFUSALS):
            made = verbs.add(form.cleaned_data["name"], by=request.actor, **form.place(), **form.values())
            tell(request, _("Template %(name)s added.") % {"name": made.name})
            return redirect("staff:templates")
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a template, or read one that is not one's own to change."""
    request.actor.require(CHANGE)
    row = _mine(request, pk)
    names = ("name", "subject", "type", "priority", "tags", "checklist", "queue")
    form = TemplateForm(request.POST or None, actor=request.actor, initial={name: getattr(row, name) for name in names})
    if form.is_valid():
        with told_by(form, REFUSALS):
            verbs.change(row, by=request.actor, name=form.cleaned_data["name"], **form.values())
            tell(request, _("Saved."))
            return redirect("staff:templates")
    return _page(request, form, row)


@require_POST
def archive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a template out of use."""
    row = _mine(request, pk)
    verbs.archive(row, by=request.actor)
    tell(request, _("Template %(name)s is out of use.") % {"name": row.name})
    return redirect("staff:templates")


def _page(request: StaffRequest, form: TemplateForm, row: TicketTemplate | None = None) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "ticket_template": row,
        "whose": whose(row) if row else "",
        "changeable": row is None or may_change(row, request.actor),
    }
    return part(request, "templates", context, template="ticket_template", status=422 if form.is_bound else 200)


def _mine(request: StaffRequest, pk: UUID) -> TicketTemplate:
    rows = TicketTemplate.objects.filter(TicketTemplate.open_to(request.actor), archived_at__isnull=True)
    return get_object_or_404(rows.select_related("team", "user", "queue").distinct(), pk=pk)
