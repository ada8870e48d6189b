"""Mailboxes: addresses at which mail comes in and from which it goes out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.connectors.mail import oauth
from rapport.connectors.mail.connections import Findings, try_out
from rapport.connectors.mail.providers import PROVIDERS
from rapport.conversations.models import Mailbox
from rapport.conversations.permissions import MANAGE
from rapport.conversations.services import mailboxes as verbs
from rapport.conversations.services.people import NotAnAddress
from rapport.service.models import Intake
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.fields import WordsField
from rapport.staff.settings.tabs import part
from rapport.ui.toasts import tell

PASSWORD, OTHER = "", "other"
WAYS = [
    (PASSWORD, gettext_lazy("a password")),
    *((key, one.name) for key, one in PROVIDERS.items()),
    (OTHER, gettext_lazy("another provider that asks for consent (OAuth 2)")),
]
REFUSALS: Fields = {NotAnAddress: None, verbs.AddressTaken: None}


class AddressForm(forms.Form):
    """A new mailbox: its address and how one signs in there."""

    address = forms.EmailField(label=gettext_lazy("Address"))
    way = forms.ChoiceField(label=gettext_lazy("Its server takes"), choices=WAYS, required=False)

    def values(self) -> dict[str, Any]:
        """Return where its servers are: those of the provider, else what most servers are called."""
        address, way = str(self.cleaned_data["address"]), str(self.cleaned_data["way"])
        if known := PROVIDERS.get(way):
            servers = known.servers()
        else:
            domain = address.rpartition("@")[2]
            servers = {"imap_host": f"imap.{domain}", "smtp_host": f"smtp.{domain}"}
        return {**servers, "imap_user": address, "smtp_user": address, "oauth_provider": way}


class ServersForm(forms.Form):
    """Where mail is fetched and sent, and with which name and password."""

    imap_host = forms.CharField(label=gettext_lazy("IMAP server"), max_length=253, required=False)
    imap_port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65_535)
    imap_security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Mailbox.Security.choices)
    imap_user = forms.CharField(label=gettext_lazy("User name"), max_length=254, required=False)
    smtp_host = forms.CharField(label=gettext_lazy("SMTP server"), max_length=253, required=False)
    smtp_port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65_535)
    smtp_security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Mailbox.Security.choices)
    smtp_user = forms.CharField(label=gettext_lazy("User name"), max_length=254, required=False)
    backfill_days = forms.IntegerField(
        label=gettext_lazy("Days to look back at the start"), min_value=0, max_value=3_650
    )

    def signing_in(self) -> list[forms.BoundField]:
        """Return the fields that say how one signs in: those of the kinds of servers below."""
        return [self[name] for name in self.fields if name not in ServersForm.base_fields]


class SecretField(forms.CharField):
    """Something secret: never shown again, and left as it is when nothing is typed."""

    def __init__(self, **values: object) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(**{"required": False, "max_length": 1_000, "strip": False, "widget": widget, **values})  # type: ignore[arg-type]


class PasswordForm(ServersForm):
    """Servers that take a password."""

    secret = SecretField(label=gettext_lazy("Password"), help_text=gettext_lazy("Empty leaves the one that is there."))
    smtp_secret = SecretField(
        label=gettext_lazy("Password for sending"), help_text=gettext_lazy("Only where it is another one.")
    )


class ConsentForm(ServersForm):
    """Servers of a provider that asks for consent."""

    oauth_client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=254)
    oauth_secret = SecretField(
        label=gettext_lazy("Client secret"), help_text=gettext_lazy("Empty leaves the one that is there.")
    )


class OtherForm(ConsentForm):
    """Servers of a provider whose addresses we do not know."""

    oauth_authorize_url = forms.URLField(label=gettext_lazy("Address of its sign-in"), assume_scheme="https")
    oauth_token_url = forms.URLField(label=gettext_lazy("Address for tokens"), assume_scheme="https")
    oauth_scope = forms.CharField(label=gettext_lazy("Scopes"), max_length=500)


class SendingForm(forms.Form):
    """What a mailbox writes under its mails."""

    name = forms.CharField(label=gettext_lazy("Sender’s name"), max_length=120, required=False)
    aliases = WordsField(
        label=gettext_lazy("Further addresses"),
        help_text=gettext_lazy("With commas between. Mail to them comes in here, and answers may go out from them."),
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )


@require_safe
def mailboxes(request: StaffRequest) -> HttpResponse:
    """List the mailboxes."""
    request.actor.require(MANAGE)
    return part(request, "mailboxes", {"rows": _all()})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a mailbox, which does nothing until it is switched on."""
    request.actor.require(MANAGE)
    form = AddressForm(request.POST or None)
    if form.is_valid():
        with told_by(form, {NotAnAddress: "address", verbs.AddressTaken: "address"}):
            made = verbs.add(form.cleaned_data["address"], by=request.actor, **form.values())
            return redirect("staff:mailbox", made.pk)
    return part(request, "mailboxes", {"form": form}, template="mailbox_add", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def mailbox(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a mailbox, and change its servers."""
    request.actor.require(MANAGE)
    row = get_object_or_404(_all(), pk=pk)
    if request.method != "POST":
        return _page(request, row)
    form = _servers(row, request.POST)
    if form.is_valid():
        row = verbs.change(row, by=request.actor, **form.cleaned_data)
        tell(request, _("Saved."))
        return redirect("staff:mailbox", pk)
    return _page(request, row, status=422, servers=form)


@require_POST
def sending(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change name, further addresses and signature."""
    request.actor.require(MANAGE)
    row = get_object_or_404(_all(), pk=pk)
    form = SendingForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        with told_by(form, {NotAnAddress: "aliases", verbs.AddressTaken: "aliases"}):
            verbs.change(
                row, by=request.actor, aliases=tuple(given["aliases"]), name=given["name"], signature=given["signature"]
            )
            tell(request, _("Saved."))
            return redirect("staff:mailbox", pk)
    return _page(request, row, status=422, sending=form)


@require_POST
def attempt(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Sign in at its servers and show what they say."""
    row = get_object_or_404(_all(), pk=pk)
    return _page(request, row, findings=try_out(row, by=request.actor, probe=bool(row.imap_host and row.smtp_host)))


@require_POST
def switch(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Switch a mailbox on, or off when it is on."""
    row = get_object_or_404(_all(), pk=pk)
    if row.working:
        verbs.switch_off(row, by=request.actor)
        tell(request, _("%(address)s is off.") % {"address": row.address})
    else:
        verbs.switch_on(row, by=request.actor)
        tell(request, _("%(address)s is on. Mail comes in from now.") % {"address": row.address})
    return redirect("staff:mailbox", pk)


def _page(
    request: StaffRequest, row: Mailbox, *, findings: Findings | None = None, status: int = 200, **forms: forms.Form
) -> HttpResponse:
    names = ("name", "aliases", "signature")
    context: dict[str, object] = {
        "mailbox": row,
        "servers": forms.get("servers") or _servers(row),
        "sending": forms.get("sending") or SendingForm(initial={name: getattr(row, name) for name in names}),
        "findings": findings,
        "provider": _("the provider") if row.oauth_provider == OTHER else _provider(row),
        "let_in": oauth.uses(row),
        "back_to": request.build_absolute_uri(reverse("staff:mailbox_consented")),
    }
    return part(request, "mailboxes", context, template="mailbox", status=status)


def _provider(row: Mailbox) -> str:
    known = PROVIDERS.get(row.oauth_provider)
    return known.name if known else ""


def _servers(row: Mailbox, data: object = None) -> ServersForm:
    kind = {PASSWORD: PasswordForm, OTHER: OtherForm}.get(row.oauth_provider, ConsentForm)
    secret = {name for name in kind.base_fields if name in verbs.SECRETS}
    initial = {name: getattr(row, name) for name in kind.base_fields if name not in secret}
    return kind(data, initial=initial)  # type: ignore[arg-type]


def _all() -> QuerySet[Mailbox]:
    intakes = Prefetch("intakes", Intake.objects.select_related("queue"))
    return Mailbox.objects.order_by("address").prefetch_related(intakes)
