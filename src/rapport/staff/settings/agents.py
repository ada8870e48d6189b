"""Agents: how each colleague takes part in routing, and who is away."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel import clock
from rapport.service.models import Agent
from rapport.service.permissions import CHANGE, MANAGE
from rapport.service.services import agents as verbs
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.fields import WordsField, counted, people_with
from rapport.staff.settings.tabs import part
from rapport.team.models import User
from rapport.ui.forms import MomentInput
from rapport.ui.toasts import tell


class AgentForm(forms.Form):
    """How much at once, and what they can do."""

    capacity = forms.IntegerField(
        label=gettext_lazy("Open tickets at once"),
        min_value=0,
        max_value=1_000,
        required=False,
        help_text=gettext_lazy("Nobody is given more by routing. Empty: any number."),
    )
    skills = WordsField(
        label=gettext_lazy("Skills"), help_text=gettext_lazy("With commas between, such as french, refunds.")
    )


class AwayForm(forms.Form):
    """Until when somebody is away, and why."""

    until = forms.DateTimeField(label=gettext_lazy("Back at"), widget=MomentInput(), required=False)
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=120, required=False)


@require_safe
def agents(request: StaffRequest) -> HttpResponse:
    """List those who work on tickets."""
    request.actor.require(MANAGE)
    now = clock.now()
    known = {one.user_id: one for one in Agent.objects.all()}
    held = counted("owner")
    rows = [(user, agent, agent.away(now), held.get(user.pk, 0)) for user in _all() for agent in [_known(user, known)]]
    return part(request, "agents", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def agent(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say how much a colleague takes at once, and what they can do."""
    request.actor.require(MANAGE)
    user = get_object_or_404(_all(), pk=pk)
    row = _agent(user)
    form = AgentForm(request.POST or None, initial={"capacity": row.capacity, "skills": row.skills})
    if form.is_valid():
        verbs.change(user, by=request.actor, **form.cleaned_data)
        tell(request, _("Saved."))
        return redirect("staff:agents")
    return _page(request, user, form=form, status=422 if form.is_bound else 200)


@require_POST
def away(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a colleague no tickets for a while."""
    user = get_object_or_404(_all(), pk=pk)
    form = AwayForm(request.POST)
    if form.is_valid():
        with told_by(form, {verbs.BackBefore: "until"}):
            verbs.go_away(user, by=request.actor, **form.cleaned_data)
            tell(request, _("%(name)s is away.") % {"name": user.name})
            return redirect("staff:agents")
    return _page(request, user, away_form=form, status=422)


@require_POST
def back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a colleague tickets again."""
    user = get_object_or_404(_all(), pk=pk)
    verbs.come_back(user, by=request.actor)
    tell(request, _("%(name)s is back.") % {"name": user.name})
    return redirect("staff:agents")


def _page(request: StaffRequest, user: User, *, status: int = 200, **forms: forms.Form) -> HttpResponse:
    row = _agent(user)
    context: dict[str, object] = {
        "person": user,
        "agent": row,
        "is_away": row.away(clock.now()),
        "form": forms.get("form") or AgentForm(initial={"capacity": row.capacity, "skills": row.skills}),
        "away_form": forms.get("away_form") or AwayForm(),
    }
    return part(request, "agents", context, template="agent", status=status)


def _known(user: User, known: dict[UUID, Agent]) -> Agent:
    return known.get(user.pk) or Agent(user=user)


def _agent(user: User) -> Agent:
    return _known(user, {one.user_id: one for one in Agent.objects.filter(user=user)})


def _all() -> QuerySet[User]:
    return people_with(CHANGE)
