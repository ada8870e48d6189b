"""Rules of service: how long a ticket can be opened again, how long an answer can be taken back, who strangers are."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.conversations import policy as talk
from rapport.service import policy as tickets
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.permissions import SETTINGS
from rapport.team.queries import organisation
from rapport.team.services import organisation as verbs
from rapport.ui.toasts import tell

MEGABYTE = 1_000_000
STRANGERS = [
    (talk.LEAD, gettext_lazy("becomes a lead")),
    (talk.NOBODY, gettext_lazy("stays unknown until somebody says who it is")),
]


class RulesForm(forms.Form):
    """The rules that hold for all tickets and conversations."""

    reopen_days = forms.IntegerField(
        label=gettext_lazy("Days in which a ticket can be opened again"),
        min_value=0,
        max_value=3_650,
        help_text=gettext_lazy("What a customer writes later opens a new ticket that follows the old one."),
    )
    close_days = forms.IntegerField(
        label=gettext_lazy("Days until what is solved is closed"), min_value=0, max_value=3_650
    )
    recovery_days = forms.IntegerField(
        label=gettext_lazy("Days after a complaint in which an order counts as having come back"),
        min_value=1,
        max_value=3_650,
    )
    recovery_score = forms.IntegerField(
        label=gettext_lazy("Least answer, of 100, that counts as content after a complaint"), min_value=0, max_value=100
    )
    unknown_sender = forms.ChoiceField(label=gettext_lazy("Who writes for the first time"), choices=STRANGERS)
    undo_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds in which an answer can be taken back"), min_value=0, max_value=300
    )
    max_file_megabytes = forms.IntegerField(label=gettext_lazy("Largest file taken, in MB"), min_value=1, max_value=100)


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """Show and change the rules."""
    request.actor.require(SETTINGS)
    stored = organisation().policy
    form = RulesForm(request.POST or None, initial=_initial(stored))
    if form.is_valid():
        verbs.change(by=request.actor, policy=_merged(stored, form.cleaned_data))
        tell(request, _("Saved."))
        return redirect("staff:service_rules")
    return part(request, "service_rules", {"form": form}, status=422 if form.is_bound else 200)


def _initial(stored: dict[str, Any]) -> dict[str, Any]:
    spoken = talk.Policy.of(stored)
    return {
        **asdict(tickets.Policy.of(stored)),
        **asdict(spoken),
        "max_file_megabytes": spoken.max_file_bytes // MEGABYTE,
    }


def _merged(stored: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the organisation's policy with what the form says; what others keep there stays."""
    service = {name: given[name] for name in ("reopen_days", "close_days", "recovery_days", "recovery_score")}
    spoken = {name: given[name] for name in ("unknown_sender", "undo_seconds")}
    spoken["max_file_bytes"] = given["max_file_megabytes"] * MEGABYTE
    return {
        **stored,
        tickets.KEY: {**stored.get(tickets.KEY, {}), **service},
        "conversations": {**stored.get("conversations", {}), **spoken},
    }
