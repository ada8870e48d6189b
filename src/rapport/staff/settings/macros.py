"""Macros: several steps in one go."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.service.models import Macro
from rapport.service.permissions import CHANGE
from rapport.service.services import macros as verbs
from rapport.service.services import sharing
from rapport.service.steps import MOST, BadStep
from rapport.service.variables import READERS
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings import steps
from rapport.staff.settings.sharing import SharedForm, listed, may_change, whose
from rapport.staff.settings.tabs import part
from rapport.ui.toasts import tell

REFUSALS: Fields = {verbs.Nameless: "name", BadStep: None, sharing.NoTeam: "scope"}
BEGIN: list[steps.Step] = [{"do": "reply"}]


class MacroForm(SharedForm):
    """What a macro is called and what it is for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    description = forms.CharField(label=gettext_lazy("Description"), max_length=300, required=False)


@require_safe
def macros(request: StaffRequest) -> HttpResponse:
    """List the macros that the reader may use."""
    request.actor.require(CHANGE)
    rows = [
        (row, owner, [steps.KINDS[one["do"]] for one in steps.rows_of(row.steps)])
        for row, owner in listed(Macro, request.actor)
    ]
    return part(request, "macros", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a macro."""
    request.actor.require(CHANGE)
    form = MacroForm(request.POST or None, actor=request.actor)
    rows = _rows(request, BEGIN)
    if _saves(request) and form.is_valid():
        with told_by(form, REFUSALS):
            made = verbs.add(
                form.cleaned_data["name"], steps.steps_of(rows), by=request.actor,
                description=form.cleaned_data["description"], **form.place(),
            )  # fmt: skip
            tell(request, _("Macro %(name)s added.") % {"name": made.name})
            return redirect("staff:macros")
    return _page(request, form, rows)


@require_http_methods(["GET", "HEAD", "POST"])
def macro(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a macro, or read one that is not one's own to change."""
    request.actor.require(CHANGE)
    row = _mine(request, pk)
    initial: dict[str, object] = {"name": row.name, "description": row.description}
    form = MacroForm(request.POST or None, actor=request.actor, initial=initial)
    rows = _rows(request, steps.rows_of(row.steps))
    if _saves(request) and form.is_valid():
        with told_by(form, REFUSALS):
            verbs.change(
                row, by=request.actor, name=form.cleaned_data["name"], steps=steps.steps_of(rows),
                description=form.cleaned_data["description"],
            )  # fmt: skip
            tell(request, _("Saved."))
            return redirect("staff:macros")
    return _page(request, form, rows, row)


@require_POST
def archive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a macro out of use."""
    row = _mine(request, pk)
    verbs.archive(row, by=request.actor)
    tell(request, _("Macro %(name)s is out of use.") % {"name": row.name})
    return redirect("staff:macros")


def _saves(request: StaffRequest) -> bool:
    """Return whether the form is sent to be stored, and not to add, move or remove a step."""
    return request.method == "POST" and "act" not in request.POST


def _rows(request: StaffRequest, before: list[steps.Step]) -> list[steps.Step]:
    if request.method != "POST":
        return before
    act = request.POST.get("act", "")
    kind = request.POST.get("kind", "")
    return steps.acted(steps.rows_from(request.POST), f"add:{kind}" if act == "add" else act)


def _page(request: StaffRequest, form: MacroForm, rows: list[steps.Step], row: Macro | None = None) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "macro": row,
        "steps": steps.forms_of(rows),
        "kinds": steps.KINDS.items() if len(rows) < MOST else (),
        "variables": list(READERS),
        "whose": whose(row) if row else "",
        "changeable": row is None or may_change(row, request.actor),
    }
    refused = _saves(request)
    return part(request, "macros", context, template="macro", status=422 if refused else 200)


def _mine(request: StaffRequest, pk: UUID) -> Macro:
    rows = Macro.objects.filter(Macro.open_to(request.actor), archived_at__isnull=True)
    return get_object_or_404(rows.select_related("team", "user").distinct(), pk=pk)
