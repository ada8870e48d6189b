"""One's own calendar: connecting it, looking at how it goes, letting it go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from rapport.connectors.caldav import server, syncing
from rapport.connectors.caldav.models import Account
from rapport.connectors.caldav.services import accounts
from rapport.meetings.permissions import VIEW
from rapport.staff.requests import StaffRequest
from rapport.ui.forms import Choices
from rapport.ui.toasts import tell


class AccountForm(forms.Form):
    """Where the calendar is, and who signs in there."""

    url = forms.CharField(
        label=gettext_lazy("Address of the server"),
        max_length=500,
        widget=forms.TextInput({"placeholder": "https://cloud.example.com/remote.php/dav/", "inputmode": "url"}),
        help_text=gettext_lazy("Any address of a CalDAV server: Nextcloud, Radicale, Fastmail, iCloud and others."),
    )
    username = forms.CharField(
        label=gettext_lazy("Name"), max_length=254, widget=forms.TextInput({"autocomplete": "off"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=True),
        help_text=gettext_lazy("Best one of its own for this app. It is stored sealed."),
    )
    calendar = forms.ChoiceField(label=gettext_lazy("Calendar"), required=False, widget=Choices())

    def __init__(self, *args: Any, found: list[server.Found], **more: Any) -> None:
        super().__init__(*args, **more)
        if found:
            self.fields["calendar"].choices = [(one.url, one.name) for one in found]  # type: ignore[attr-defined]
        else:
            del self.fields["calendar"]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: StaffRequest) -> HttpResponse:
    """Show one's calendar; on POST look for calendars, and once one is chosen, connect it."""
    request.actor.require(VIEW)
    account = Account.objects.filter(user=request.user).first()
    form = AccountForm(request.POST or None, found=[])
    if not form.is_valid():
        return _page(request, account, form, 422 if form.is_bound else 200)
    given = form.cleaned_data
    try:
        found = server.calendars(given["url"], given["username"], given["password"])
    except server.Away as refusal:
        form.add_error("password" if isinstance(refusal, server.WrongPassword) else "url", str(refusal))
        return _page(request, account, form, 422)
    if not found:
        form.add_error("url", _("There is no calendar there."))
        return _page(request, account, form, 422)
    chosen = next(
        (one for one in found if one.url == request.POST.get("calendar")), found[0] if len(found) == 1 else None
    )
    if chosen is None:
        return _page(request, account, AccountForm(request.POST, found=found), 200)
    made = accounts.connect(request.user, chosen, by=request.actor, **given)
    _sync(request, made)
    return redirect("staff:me_calendar")


@require_POST
def sync(request: StaffRequest) -> HttpResponse:
    """Bring it in step now."""
    request.actor.require(VIEW)
    account = Account.objects.filter(user=request.user).first()
    if account is not None:
        _sync(request, account)
    return redirect("staff:me_calendar")


@require_POST
def disconnect(request: StaffRequest) -> HttpResponse:
    """Let it go."""
    accounts.disconnect(request.user, by=request.actor)
    tell(request, _("The calendar is no longer kept in step."))
    return redirect("staff:me_calendar")


def _sync(request: StaffRequest, account: Account) -> None:
    error = syncing.sync(account.pk)
    tell(request, error or _("Your calendar is in step."), tone="bad" if error else "good")


def _page(request: StaffRequest, account: Account | None, form: AccountForm, status: int) -> HttpResponse:
    context = {"account": account, "form": form}
    return render(request, "staff/account/calendar.html", context, status=status)
