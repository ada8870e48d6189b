"""What the firm is called, where it is, and in which money, time and language it works."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rapport.kernel.money import MoneyError
from rapport.staff import choices
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import groups, part
from rapport.team.permissions import SETTINGS
from rapport.team.queries import organisation as firm
from rapport.team.services import organisation as verbs
from rapport.team.services.organisation import UnknownLanguage, UnknownZone
from rapport.ui.toasts import tell


class OrganisationForm(forms.Form):
    """The settings of the organisation."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=choices.countries,
        help_text=gettext_lazy("Phone numbers without a + are read as dialled here."),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=choices.currencies,
        help_text=gettext_lazy("For what is placed from now on. Totals of orders that are there stay as they are."),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=choices.zones,
        help_text=gettext_lazy("Days, months and promises for a day end in it."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=choices.languages)


@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    """Lead to the first part of the settings that the reader may open, else to their own account."""
    found = groups(request, "")
    return redirect(found[0].parts[0].href if found else "staff:me")


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: StaffRequest) -> HttpResponse:
    """Show and change the settings of the organisation."""
    request.actor.require(SETTINGS)
    row = firm()
    form = OrganisationForm(
        request.POST or None, initial={name: getattr(row, name) for name in OrganisationForm.base_fields}
    )
    if form.is_valid():
        with told_by(form, {MoneyError: "currency", UnknownZone: "zone", UnknownLanguage: "language"}):
            verbs.change(by=request.actor, **form.cleaned_data)
            tell(request, _("Saved."))
            return redirect("staff:organisation")
    return part(request, "organisation", {"form": form}, status=422 if form.is_bound else 200)
