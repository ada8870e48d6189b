"""Keeping a list as a view."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.kernel.actors import Actor
from rapport.staff.listing.asked import Asked
from rapport.team.models import SavedView
from rapport.team.permissions import VIEWS_SHARE
from rapport.team.services import views


class SaveForm(forms.Form):
    """The name of a view, and who sees it where. One's own view of the same name is replaced."""

    name = forms.CharField(label=_("Name"), max_length=80)
    shared = forms.BooleanField(label=_("Everybody sees it"), required=False)
    pinned = forms.BooleanField(label=_("Pin it to the side"), required=False)

    def __init__(self, *args: Any, asked: Asked, **more: Any) -> None:
        view = asked.view
        mine = isinstance(view, SavedView) and view.owner_id == asked.look.actor.user_id
        if mine and isinstance(view, SavedView):
            more["initial"] = {"name": view.name, "shared": view.shared, "pinned": view.pinned}
        super().__init__(*args, **more)
        self.asked = asked
        if not asked.look.actor.may(VIEWS_SHARE):
            del self.fields["shared"]

    def keep(self, actor: Actor) -> SavedView:
        """Save the view and return it."""
        asked = self.asked
        return views.save(
            asked.listing.name,
            self.cleaned_data["name"],
            by=actor,
            condition=asked.filter,
            columns=[one.key for one in asked.columns],
            sort=asked.sort,
            shared=self.cleaned_data.get("shared", False),
            pinned=self.cleaned_data["pinned"],
        )
