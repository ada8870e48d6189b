"""How the help centre and the customers' pages look: the firm's colour, logo and words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.kernel import files
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team import brand
from rapport.team.permissions import SETTINGS
from rapport.team.queries import organisation as firm
from rapport.team.services import organisation as verbs
from rapport.ui.colours import NotAColour, parsed
from rapport.ui.toasts import tell

LARGEST = 512_000  # bytes of a logo
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


class PortalForm(forms.Form):
    """The firm's brand on the customer's side."""

    colour = forms.CharField(
        label=gettext_lazy("Colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("It is made darker or lighter where words would be hard to read."),
    )
    picture = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG, GIF or WebP, up to 500 kB. It stands 32 pixels high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    welcome = forms.CharField(label=gettext_lazy("Welcome"), max_length=120, required=False)
    site = forms.URLField(label=gettext_lazy("Your site"), required=False, assume_scheme="https")
    contact = forms.CharField(
        label=gettext_lazy("Contact"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("A line for the foot of each page: phone, hours, address."),
    )

    def clean_colour(self) -> str:
        """Refuse what is no colour."""
        try:
            parsed(self.cleaned_data["colour"])
        except NotAColour as refusal:
            raise forms.ValidationError(_("A colour is written like #2f6f5e.")) from refusal
        return str(self.cleaned_data["colour"])

    def clean_picture(self) -> tuple[bytes, str] | None:
        """Return the logo and its media type, told by its first bytes."""
        given = self.cleaned_data["picture"]
        if not given:
            return None
        if given.size > LARGEST:
            raise forms.ValidationError(_("This picture is too large."))
        content = given.read()
        found = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), "")
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            found = "image/webp"
        if not found:
            raise forms.ValidationError(_("This is not a picture of one of these kinds."))
        return content, found

    def values(self) -> dict[str, Any]:
        """Return the brand, the logo kept as a file."""
        given = {name: self.cleaned_data[name] for name in ("colour", "welcome", "site", "contact")}
        if self.cleaned_data["no_logo"]:
            return {**given, "logo": "", "logo_type": ""}
        if picture := self.cleaned_data["picture"]:
            return {**given, "logo": files.store(picture[0]), "logo_type": picture[1]}
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def portal(request: StaffRequest) -> HttpResponse:
    """Show and change the brand."""
    request.actor.require(SETTINGS)
    row = firm()
    now = brand.of(row)
    initial = {name: getattr(now, name) for name in ("colour", "welcome", "site", "contact")}
    form = PortalForm(request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        verbs.change(by=request.actor, policy=brand.changed(row, **form.values()))
        tell(request, _("Saved."))
        return redirect("staff:portal")
    return part(request, "portal", {"form": form, "brand": now}, status=422 if form.is_bound else 200)
