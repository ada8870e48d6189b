"""The page of one's own account."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.staff import choices
from rapport.staff.requests import StaffRequest
from rapport.team.models import User
from rapport.team.services import users
from rapport.ui.forms import Choices
from rapport.ui.toasts import tell

YEAR = 60 * 60 * 24 * 365


class MeForm(forms.Form):
    """What everybody may change of themselves."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=choices.languages)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=choices.zones)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=User.Theme, widget=Choices(in_row=True))


@require_http_methods(["GET", "HEAD", "POST"])
def me(request: StaffRequest) -> HttpResponse:
    """Show and change one's own name, language, zone and theme."""
    mine = {name: getattr(request.user, name) for name in MeForm.base_fields}
    form = MeForm(request.POST or None, initial=mine)
    if not form.is_valid():
        return render(request, "staff/account/me.html", {"form": form}, status=422 if form.is_bound else 200)
    user = users.change_own(request.user, **form.cleaned_data)
    with translation.override(user.language):
        tell(request, _("Saved."))
    answer = redirect("staff:me")
    if user.theme == User.Theme.SYSTEM:
        answer.delete_cookie("theme")
    else:
        answer.set_cookie("theme", user.theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer
