"""Texts that are one's own, a team's or everybody's: whose a new one is, and which ones somebody may change."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.kernel.actors import Actor, Reach
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.service.models import Shared
from rapport.service.permissions import TEXTS
from rapport.service.services import sharing
from rapport.team.models import Team

Row = TypeVar("Row", bound=Shared)


class SharedForm(forms.Form):
    """A form that asks, while a text is new, whose it is."""

    scope = forms.ChoiceField(label=gettext_lazy("For"))

    def __init__(self, data: object = None, *, actor: Actor, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        if initial is not None:
            del self.fields["scope"]
            return
        self.fields["scope"].choices = _scopes(actor)  # type: ignore[attr-defined]
        self.order_fields([*(name for name in self.fields if name != "scope"), "scope"])

    def place(self) -> dict[str, Any]:
        """Return the scope and the team that were chosen."""
        scope, _colon, team = str(self.cleaned_data["scope"]).partition(":")
        return {"scope": scope, "team": Team.objects.get(pk=team) if team else None}


def listed(model: type[Row], actor: Actor) -> list[tuple[Row, str]]:
    """Return the live rows that the actor may use, each with whose it is."""
    rows: QuerySet[Row] = model._default_manager.filter(model.open_to(actor), archived_at__isnull=True)
    return [(row, whose(row)) for row in rows.select_related("team", "user").distinct()]


def whose(row: Shared) -> str:
    """Return in words whose a row is."""
    if row.team:
        return row.team.name
    return row.user.name if row.user else _("Everybody")


def may_change(row: Shared, actor: Actor) -> bool:
    """Return whether the actor may change a row."""
    try:
        sharing.check_may_change(row, actor)
    except (Forbidden, OutOfReach):
        return False
    return True


def _scopes(actor: Actor) -> list[tuple[str, str]]:
    found = [(sharing.MINE, _("Only me"))]
    if not actor.may(TEXTS):
        return found
    everywhere = actor.require(TEXTS) is Reach.ALL
    teams = Team.objects.order_by("name") if everywhere else Team.objects.filter(members=actor.user_id).order_by("name")
    found += [(f"{sharing.TEAM}:{team.pk}", _("Team %(name)s") % {"name": team.name}) for team in teams]
    return [(sharing.ALL, _("Everybody")), *found] if everywhere else found
