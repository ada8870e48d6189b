"""Fields that the firm adds to customers, products, orders, tickets and custom objects."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.customers.permissions import FIELDS
from rapport.customers.services import custom_fields as verbs
from rapport.kernel.fields import BOUNDED, InvalidField
from rapport.kernel.models import CustomField
from rapport.kernel.money import Money, MoneyError
from rapport.objects.queries import types
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.queries import organisation
from rapport.ui.navigation import Text
from rapport.ui.toasts import tell

REFUSALS: Fields = {
    verbs.FieldTaken: "label", verbs.NoChoices: "options", verbs.UnknownNoun: "noun", verbs.BadBounds: "maximum",
    InvalidField: "default",
}  # fmt: skip


def nouns() -> list[tuple[str, Text]]:
    """Return what fields can be added to: its name among the nouns, and what people call it."""
    return [
        ("customer", gettext_lazy("Customers")), ("product", gettext_lazy("Products")),
        ("order", gettext_lazy("Orders")), ("ticket", gettext_lazy("Tickets")),
        *((one.noun, one.plural) for one in types()),
    ]  # fmt: skip


class ChangeForm(forms.Form):
    """What may change of a field."""

    label = forms.CharField(label=gettext_lazy("Label"), max_length=80)
    options = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("One in each line; only for the types to choose from."),
    )
    help = forms.CharField(label=gettext_lazy("Help"), max_length=200, required=False)
    default = forms.CharField(
        label=gettext_lazy("Begins with"), max_length=200, required=False,
        help_text=gettext_lazy("What a new one has until somebody says otherwise; days as 2026-12-31."),
    )  # fmt: skip
    minimum = forms.FloatField(
        label=gettext_lazy("At least"), required=False,
        help_text=gettext_lazy("Of a number; of a text, how many characters."),
    )  # fmt: skip
    maximum = forms.FloatField(label=gettext_lazy("At most"), required=False)
    required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)

    def options_list(self) -> list[str]:
        """Return the choices, one for each line."""
        text: str = self.cleaned_data.get("options", "")
        return text.splitlines()

    def rules(self, kind: str) -> dict[str, Any]:
        """Return what a field of this type must meet, and what it begins with, as the verbs take it."""
        given = self.cleaned_data
        plain: Any = given["default"]
        if kind == CustomField.Type.CHOICES:
            plain = [one.strip() for one in plain.split(",") if one.strip()]
        elif kind == CustomField.Type.MONEY and plain:
            plain = minor(plain)
        return {"minimum": given["minimum"], "maximum": given["maximum"], "default": plain, "help": given["help"],
                "required": given["required"]}  # fmt: skip


class AddForm(ChangeForm):
    """A new field."""

    noun = forms.ChoiceField(label=gettext_lazy("Of"), choices=nouns)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=CustomField.Type)

    field_order = ("noun", "label", "type", "options", "help", "default", "minimum", "maximum", "required")


@require_safe
def custom_fields(request: StaffRequest) -> HttpResponse:
    """List the custom fields, the archived ones last."""
    request.actor.require(FIELDS)
    known = dict(nouns())
    rows = CustomField.objects.order_by("archived_at", "noun", "position", "label")
    return part(request, "custom_fields", {"fields": [(row, known[row.noun]) for row in rows if row.noun in known]})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a field."""
    request.actor.require(FIELDS)
    form = AddForm(request.POST or None, initial={"noun": request.GET.get("noun", "customer")})
    if form.is_valid():
        given = form.cleaned_data
        with told_by(form, REFUSALS):
            made = verbs.add(
                given["noun"], given["label"], given["type"], by=request.actor, options=form.options_list(),
                **form.rules(given["type"]),
            )  # fmt: skip
            tell(request, _("Field %(label)s added.") % {"label": made.label}, undo=_url("archive", made))
            return redirect(_home(made))
    return part(request, "custom_fields", {"form": form}, template="custom_field", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def custom_field(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a field."""
    request.actor.require(FIELDS)
    row = get_object_or_404(CustomField, pk=pk)
    form = ChangeForm(request.POST or None, initial=initial(row))
    if row.type not in verbs.CHOOSING:
        del form.fields["options"]
    if row.type not in BOUNDED:
        form.fields["minimum"].widget = form.fields["maximum"].widget = forms.HiddenInput()
    if form.is_valid():
        given = form.cleaned_data
        with told_by(form, REFUSALS):
            verbs.change(
                row, by=request.actor, label=given["label"], options=form.options_list(), **form.rules(row.type)
            )
            tell(request, _("Saved."))
            return redirect(_home(row))
    context: dict[str, object] = {"form": form, "field": row}
    return part(request, "custom_fields", context, template="custom_field", status=422 if form.is_bound else 200)


@require_POST
def archive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Archive a field; its values stay."""
    row = verbs.archive(get_object_or_404(CustomField, pk=pk), by=request.actor)
    tell(request, _("%(label)s archived. Its values stay.") % {"label": row.label}, undo=_url("restore", row))
    return redirect(_home(row))


@require_POST
def restore(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Bring an archived field back."""
    row = verbs.restore(get_object_or_404(CustomField, pk=pk), by=request.actor)
    tell(request, _("%(label)s is back.") % {"label": row.label})
    return redirect(_home(row))


def initial(row: CustomField) -> dict[str, Any]:
    """Return what the form of a field begins with."""
    default = row.default
    if isinstance(default, list):
        default = ", ".join(default)
    elif row.type == CustomField.Type.MONEY and isinstance(default, int):
        default = Money(default, organisation().currency).amount
    plain = {name: getattr(row, name) for name in ("label", "help", "required", "minimum", "maximum")}
    return plain | {"options": "\n".join(row.options), "default": default}


def minor(typed: str) -> Any:
    """Return an amount that was typed in whole minor units, or as it was typed when it is none."""
    try:
        return Money.of(Decimal(typed), organisation().currency).minor
    except (InvalidOperation, MoneyError):
        return typed


def _home(row: CustomField) -> str:
    """Return where the fields of its noun are: a custom object has a page of its own."""
    kind = next((one for one in types() if one.noun == row.noun), None)
    return reverse("staff:object_type", args=[kind.pk]) if kind else reverse("staff:custom_fields")


def _url(act: str, row: CustomField) -> str:
    return reverse(f"staff:custom_field_{act}", args=[row.pk])
