"""Teams: who looks after the same customers."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.models import Team, User
from rapport.team.permissions import MANAGE
from rapport.team.services import teams as verbs
from rapport.ui.forms import ManyChoices
from rapport.ui.toasts import tell


class TeamForm(forms.Form):
    """A team and its people."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("People"),
        queryset=User.objects.filter(deactivated_at__isnull=True),
        widget=ManyChoices(),
        required=False,
    )

    def ids(self) -> list[UUID]:
        """Return the ids of the chosen people."""
        return [user.pk for user in self.cleaned_data["members"]]


@require_safe
def teams(request: StaffRequest) -> HttpResponse:
    """List the teams."""
    request.actor.require(MANAGE)
    return part(request, "teams", {"teams": Team.objects.prefetch_related("members")})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a team."""
    request.actor.require(MANAGE)
    form = TeamForm(request.POST or None)
    if form.is_valid():
        with told_by(form, {verbs.NameTaken: "name"}):
            made = verbs.add(form.cleaned_data["name"], form.ids(), by=request.actor)
            tell(request, _("Team %(name)s added.") % {"name": made.name})
            return redirect("staff:teams")
    return part(request, "teams", {"form": form}, template="team", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Rename a team and choose its people."""
    request.actor.require(MANAGE)
    row = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, initial={"name": row.name, "members": row.members.all()})
    if form.is_valid():
        with told_by(form, {verbs.NameTaken: "name"}):
            verbs.change(row, form.cleaned_data["name"], form.ids(), by=request.actor)
            tell(request, _("Saved."))
            return redirect("staff:teams")
    context: dict[str, object] = {"form": form, "team": row}
    return part(request, "teams", context, template="team", status=422 if form.is_bound else 200)


@require_POST
def remove(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Remove a team; its people stay."""
    row = get_object_or_404(Team, pk=pk)
    verbs.remove(row, by=request.actor)
    tell(request, _("Team %(name)s removed. Its people stay.") % {"name": row.name})
    return redirect("staff:teams")
