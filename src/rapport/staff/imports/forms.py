"""The forms of an import: the files, and how they are written where that cannot be seen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.imports.mapping.records import declared
from rapport.imports.profiles import load
from rapport.imports.sets import GENERIC, profile_names, shipped_names
from rapport.kernel.actors import Actor
from rapport.staff import choices
from rapport.ui.forms import FilesField
from rapport.ui.navigation import Text

GENERIC_LABELS: dict[str, Text] = {
    "generic_customers": _("Customers, by the names of the columns"),
    "generic_orders": _("Orders, by the names of the columns"),
    "generic_transactions": _("Transactions: customer number, date, amount"),
}
SAID = ("decimal", "date_order", "delimiter", "encoding", "currency", "country")


def profile_label(name: str) -> str:
    """Return what people read for a mapping."""
    if name in GENERIC_LABELS:
        return str(GENERIC_LABELS[name])
    if name == "suggested":
        return str(_("Mapping suggested from the names of the columns"))
    return load(name).label if name in shipped_names() and name not in GENERIC else name


def profiles(by: Actor) -> list[tuple[str, str]]:
    """Return the mappings to choose from, the custom objects that `by` may bring last; without one it is recognised."""
    said = _("%(things)s, by the names of the columns")
    own = {noun: said % {"things": one.label} for noun, one in declared(by).items()}
    found = [("", str(_("Recognise it from the files")))]
    return found + [(name, own.get(name) or profile_label(name)) for name in profile_names(by)]


class UploadForm(forms.Form):
    """The files to import."""

    uploads = FilesField(
        label=_("Files"), help_text=_("CSV (also .gz), Excel, or vCard. Files that belong together, together.")
    )
    profile = forms.ChoiceField(label=_("Where from?"), required=False)
    overwrite = forms.BooleanField(
        label=_("Replace what is there"),
        required=False,
        help_text=_("Else the import fills gaps and leaves what somebody entered by hand."),
    )
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        choices=[("", _("See by itself")), (",", _("Comma: 1.234,56")), (".", _("Point: 1,234.56"))],
        required=False,
    )
    date_order = forms.ChoiceField(
        label=_("Order of a date"),
        choices=[
            ("", _("See by itself")), ("dmy", _("Day, month, year")), ("mdy", _("Month, day, year")),
            ("ymd", _("Year, month, day")),
        ],
        required=False,
    )  # fmt: skip
    delimiter = forms.ChoiceField(
        label=_("Between columns"),
        choices=[
            ("", _("See by itself")), (",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Bar")),
        ],
        required=False,
    )  # fmt: skip
    encoding = forms.ChoiceField(
        label=_("Letters"),
        choices=[("", _("See by itself")), ("utf-8", "UTF-8"), ("cp1252", _("Windows, Western European")),
                 ("latin-1", "Latin-1"), ("utf-16", "UTF-16")],
        required=False,
    )  # fmt: skip
    currency = forms.ChoiceField(
        label=_("Currency"), choices=lambda: [("", _("Ours")), *choices.currencies()], required=False
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=lambda: [("", _("Ours")), *choices.countries()], required=False
    )

    def __init__(self, by: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["profile"]
        chosen.choices = profiles(by)

    field_order = ("uploads", "profile", "overwrite", *SAID)

    def said(self) -> dict[str, Any]:
        """Return how the files are written, as far as a person said so."""
        return {name: self.cleaned_data[name] for name in SAID if self.cleaned_data[name]}

    def settings_fields(self) -> list[forms.BoundField]:
        """Return the fields that most people never need."""
        return [self[name] for name in SAID]
