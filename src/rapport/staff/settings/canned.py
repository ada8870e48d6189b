"""Canned answers: texts to send again, by a shortcut after the slash."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.service.models import CannedAnswer
from rapport.service.permissions import CHANGE
from rapport.service.services import canned as verbs
from rapport.service.services import sharing
from rapport.service.variables import READERS, UnknownVariable
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.sharing import SharedForm, listed, may_change, whose
from rapport.staff.settings.tabs import part
from rapport.ui.toasts import tell

REFUSALS: Fields = {
    verbs.NoText: None,
    verbs.ShortcutTaken: "shortcut",
    UnknownVariable: "text",
    sharing.NoTeam: "scope",
}


class AnswerForm(SharedForm):
    """A text and how it is found."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    shortcut = forms.CharField(
        label=gettext_lazy("Shortcut"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Typed after a slash: “thanks” is found by /thanks."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("", gettext_lazy("Any")), *settings.LANGUAGES], required=False
    )
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 9}))

    def values(self) -> dict[str, Any]:
        """Return the text and how it is found."""
        return {name: self.cleaned_data[name] for name in ("title", "text", "shortcut", "language")}


@require_safe
def canned(request: StaffRequest) -> HttpResponse:
    """List the answers that the reader may use."""
    request.actor.require(CHANGE)
    return part(request, "canned", {"rows": listed(CannedAnswer, request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add an answer."""
    request.actor.require(CHANGE)
    form = AnswerForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with told_by(form, REFUSALS):
            made = verbs.add(by=request.actor, **form.values(), **form.place())
            tell(request, _("Answer %(name)s added.") % {"name": made.title})
            return redirect("staff:canned")
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write an answer anew, or read one that is not one's own to change."""
    request.actor.require(CHANGE)
    row = _mine(request, pk)
    initial: dict[str, object] = {name: getattr(row, name) for name in ("title", "text", "shortcut", "language")}
    form = AnswerForm(request.POST or None, actor=request.actor, initial=initial)
    if form.is_valid():
        with told_by(form, REFUSALS):
            verbs.change(row, by=request.actor, **form.values())
            tell(request, _("Saved."))
            return redirect("staff:canned")
    return _page(request, form, row)


@require_POST
def archive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take an answer out of use."""
    row = _mine(request, pk)
    verbs.archive(row, by=request.actor)
    tell(request, _("Answer %(name)s is out of use.") % {"name": row.title})
    return redirect("staff:canned")


def _page(request: StaffRequest, form: AnswerForm, row: CannedAnswer | None = None) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "answer": row,
        "whose": whose(row) if row else "",
        "changeable": row is None or may_change(row, request.actor),
        "variables": list(READERS),
    }
    return part(request, "canned", context, template="canned_answer", status=422 if form.is_bound else 200)


def _mine(request: StaffRequest, pk: UUID) -> CannedAnswer:
    rows = CannedAnswer.objects.filter(CannedAnswer.open_to(request.actor), archived_at__isnull=True)
    return get_object_or_404(rows.select_related("team", "user").distinct(), pk=pk)
