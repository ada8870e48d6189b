"""Connecting the telephone system: its secret, what numbers lead to, who sits where, and which reports came."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.calls.models import Extension, Report
from rapport.calls.permissions import MANAGE
from rapport.calls.services import switchboard as verbs
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.models import User
from rapport.ui.toasts import tell


class PhoneForm(forms.Form):
    """How numbers are called, and how soon missed ones are called back."""

    dial = forms.CharField(
        label=gettext_lazy("What a number leads to"),
        max_length=300,
        help_text=gettext_lazy(
            "tel:{number} opens the telephone of the device. A soft phone may want sip:{digits}@pbx.example.com, "
            "a web telephone https://phone.example.com/call?to={number}."
        ),
    )
    call_back_hours = forms.IntegerField(
        label=gettext_lazy("Call back missed calls within (hours)"), min_value=1, max_value=240
    )


class SeatForm(forms.Form):
    """Who sits at an extension."""

    number = forms.CharField(label=gettext_lazy("Extension"), max_length=40)
    user = forms.ModelChoiceField(
        label=gettext_lazy("Colleague"), queryset=User.objects.filter(deactivated_at__isnull=True)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest) -> HttpResponse:
    """Show how the telephone system is connected, and change what numbers lead to."""
    request.actor.require(MANAGE)
    row = verbs.switchboard()
    form = PhoneForm(request.POST or None, initial={"dial": row.dial, "call_back_hours": row.call_back_hours})
    if form.is_valid():
        with told_by(form, {verbs.NotDialled: "dial"}):
            verbs.set_up(by=request.actor, **form.cleaned_data)
            tell(request, _("Saved."))
            return redirect("staff:phone")
    return _page(request, form=form, status=422 if form.is_bound else 200)


@require_POST
def rotate(request: StaffRequest) -> HttpResponse:
    """Make a new secret and show it, this once."""
    secret = verbs.rotate(by=request.actor)
    answer = part(request, "phone", {"secret": secret, "to": _address(request)}, template="phone_secret")
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def seat(request: StaffRequest) -> HttpResponse:
    """Say who sits at an extension."""
    request.actor.require(MANAGE)
    form = SeatForm(request.POST)
    if form.is_valid():
        with told_by(form, {verbs.ExtensionTaken: "number"}):
            verbs.seat(form.cleaned_data["number"], form.cleaned_data["user"], by=request.actor)
            tell(request, _("Saved."))
            return redirect("staff:phone")
    return _page(request, seat_form=form, status=422)


@require_POST
def clear(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let nobody sit at an extension."""
    verbs.clear_seat(get_object_or_404(Extension, pk=pk), by=request.actor)
    tell(request, _("Saved."))
    return redirect("staff:phone")


def _page(
    request: StaffRequest, *, form: forms.Form | None = None, seat_form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    row = verbs.switchboard()
    initial = {"dial": row.dial, "call_back_hours": row.call_back_hours}
    context: dict[str, object] = {
        "form": form or PhoneForm(initial=initial),
        "seat_form": seat_form or SeatForm(),
        "seats": Extension.objects.visible_to(request.actor).select_related("user"),
        "reports": Report.objects.visible_to(request.actor).order_by("-at", "-id")[: verbs.SHOWN],
        "connected": bool(row.secret),
        "to": _address(request),
    }
    return part(request, "phone", context, status=status)


def _address(request: StaffRequest) -> str:
    return request.build_absolute_uri(reverse("phone:calls"))
