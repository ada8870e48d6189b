"""Keys for other programs: the secret is shown once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel import clock
from rapport.kernel.permissions import rights
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.models import ApiToken, User
from rapport.team.permissions import MANAGE
from rapport.team.services import tokens as verbs
from rapport.ui.forms import DateInput, ManyChoices
from rapport.ui.toasts import tell


def scopes() -> list[tuple[str, str]]:
    """Return the rights that a token can be given."""
    return [(name, str(right.label)) for name, right in rights().items()]


class TokenForm(forms.Form):
    """A token to issue."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=80,
        widget=forms.TextInput({"placeholder": gettext_lazy("Web shop")}),
    )
    user = forms.ModelChoiceField(
        label=gettext_lazy("Acts as"),
        queryset=User.objects.filter(deactivated_at__isnull=True),
        empty_label=None,
        help_text=gettext_lazy("It can never do more than this user."),
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("May"), choices=scopes, widget=ManyChoices())
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Empty means without end."),
    )

    def clean_until(self) -> date | None:
        """Refuse a day that has passed."""
        day: date | None = self.cleaned_data["until"]
        if day is not None and day < clock.now().date():
            raise forms.ValidationError(_("This day has passed."))
        return day


@require_safe
def tokens(request: StaffRequest) -> HttpResponse:
    """List the tokens, the revoked ones last."""
    request.actor.require(MANAGE)
    rows = ApiToken.objects.visible_to(request.actor).select_related("user").order_by("revoked_at", "-created_at")
    return part(request, "tokens", {"tokens": rows, "now": clock.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Issue a token and show its secret, this once."""
    request.actor.require(MANAGE)
    form = TokenForm(request.POST or None, initial={"user": request.user.pk})
    if form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        until = clock.day_end(given["until"], request.user.zone) if given["until"] else None
        with told_by(form, {verbs.UnknownScope: "scopes"}):
            made, secret = verbs.issue(
                given["name"], given["user"], given["scopes"], by=request.actor, expires_at=until
            )
            answer = part(request, "tokens", {"token": made, "secret": secret}, template="token_issued")
            answer["Cache-Control"] = "no-store"
            return answer
    return part(request, "tokens", {"form": form}, template="token", status=422 if form.is_bound else 200)


@require_POST
def revoke(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a token back."""
    row = verbs.revoke(get_object_or_404(ApiToken, pk=pk), by=request.actor)
    tell(request, _("The token %(name)s no longer works.") % {"name": row.name})
    return redirect("staff:tokens")
