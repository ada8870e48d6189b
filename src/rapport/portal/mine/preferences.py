"""What a member decides: language, channel, quiet hours, consent, password."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from rapport.customers.models import Consent, Customer
from rapport.customers.queries import consent_state
from rapport.customers.queries import consents as consent_lines
from rapport.customers.services import consents, customers, members
from rapport.feedback.services.asking import TOPIC as SURVEYS
from rapport.portal import sessions
from rapport.portal.access.forms import NewPasswordForm
from rapport.portal.gates import members_only
from rapport.portal.mine.forms import PreferencesForm
from rapport.portal.requests import MemberRequest
from rapport.ui.toasts import tell

ASKED = (Customer.Channel.EMAIL, Customer.Channel.PHONE, Customer.Channel.SMS, Customer.Channel.POST)
TOPIC = "marketing"
EMAIL = Customer.Channel.EMAIL
PROOF = "said so in the portal"


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: MemberRequest) -> HttpResponse:
    """Show and change how the member likes to be spoken to."""
    row = request.member.customer
    initial = {name: getattr(row, name) for name in PreferencesForm.base_fields}
    form = PreferencesForm(request.POST or None, initial={**initial, "language": row.language or request.language})
    if form.is_valid():
        customers.change(row, by=request.writer, **form.cleaned_data)
        tell(request, _("Saved."))
        answer = HttpResponseRedirect(reverse("my:preferences"))
        answer.delete_cookie("django_language")
        return answer
    return _page(request, form=form, status=422 if form.is_bound else 200)


@members_only
@require_POST
def consent(request: MemberRequest) -> HttpResponse:
    """Take what the member allows and withdraws, each with its proof; what was there already adds nothing."""
    row, allowed = request.member.customer, set(request.POST.getlist("allowed"))
    if allowed - set(ASKED):
        return HttpResponseBadRequest()
    had = _allowed(row)
    for channel in ASKED:
        if channel in allowed and channel not in had:
            consents.give(row, channel, by=request.writer, topic=TOPIC, basis="consent", proof=PROOF)
        elif channel not in allowed and channel in had:
            consents.withdraw(row, channel, by=request.writer, topic=TOPIC, proof=PROOF)
    tell(request, _("Saved. It counts from now on."))
    return HttpResponseRedirect(reverse("my:preferences"))


@members_only
@require_POST
def asking(request: MemberRequest) -> HttpResponse:
    """Take whether the member may be asked how it went; what is as they want it already adds nothing."""
    row, wanted = request.member.customer, request.POST.get("asked") == "yes"
    if wanted and not _asked(row):
        consents.give(row, EMAIL, by=request.writer, topic=SURVEYS, basis="consent", proof=PROOF)
    elif not wanted and _asked(row):
        consents.withdraw(row, EMAIL, by=request.writer, topic=SURVEYS, proof=PROOF)
    tell(request, _("Saved. It counts from now on."))
    return HttpResponseRedirect(reverse("my:preferences"))


@sensitive_post_parameters("password")
@members_only
@require_POST
def password(request: MemberRequest) -> HttpResponse:
    """Set a password, or take it away; sessions elsewhere end."""
    form = NewPasswordForm(request.POST)
    if "remove" in request.POST:
        sessions.sign_in(request, members.set_password(request.member, ""))
        tell(request, _("Your password is gone. You sign in by a mailed link."))
        return HttpResponseRedirect(reverse("my:preferences"))
    if form.is_valid():
        try:
            sessions.sign_in(request, members.set_password(request.member, form.cleaned_data["password"]))
        except ValidationError as refusal:
            form.add_error("password", refusal)
        else:
            tell(request, _("Your password is set. Other devices were signed out."))
            return HttpResponseRedirect(reverse("my:preferences"))
    return _page(request, password_form=form, status=422)


def _allowed(row: Customer) -> set[str]:
    lines = consent_lines(row)
    return {one.channel for one in lines if one.topic == TOPIC and one.state == Consent.State.GRANTED}


def _asked(row: Customer) -> bool:
    """Return whether somebody is asked how it went: unless they said that they do not want to be."""
    return consent_state(row, EMAIL, SURVEYS) != Consent.State.WITHDRAWN


def _page(request: MemberRequest, status: int = 200, **forms: object) -> HttpResponse:
    row = request.member.customer
    initial = {name: getattr(row, name) for name in PreferencesForm.base_fields}
    allowed = _allowed(row)
    context = {
        "form": PreferencesForm(initial={**initial, "language": row.language or request.language}),
        "password_form": NewPasswordForm(auto_id="password_%s"),
        "channels": [(channel, channel.label, channel.value in allowed) for channel in ASKED],
        "asked": _asked(row),
        "reached": row.identities.filter(kind__in=["email", "phone"]).order_by("kind", "-primary", "created_at"),
        **forms,
    }
    return render(request, "portal/mine/preferences.html", context, status=status)
