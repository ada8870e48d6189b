"""The forms of the knowledge base."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Product
from rapport.knowledge.models import Article, Audience, Category
from rapport.staff import choices
from rapport.team.models import User
from rapport.ui.forms import Choices, DateInput
from rapport.ui.icons import ICONS

SHELF_ICONS = (
    "book", "package", "truck-delivery", "truck-return", "credit-card", "receipt", "bulb", "gift", "user", "users",
    "settings", "shield-check", "help-circle", "lifebuoy", "world", "calendar", "phone", "star", "home", "tag",
)  # fmt: skip
MARKDOWN = _(
    "# Heading, **bold**, *italic*, - list, 1. steps, [words](address), > note. A table has | between its cells."
)


class TextForm(forms.Form):
    """The words of an article in one language."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As a customer would ask it."))
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=100_000,
        help_text=MARKDOWN,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=300,
        required=False,
        help_text=_("For search results; without it, the beginning of the text."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    keywords = forms.CharField(
        label=_("Also found by"),
        max_length=300,
        required=False,
        help_text=_("Words that customers use and the text does not."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput())


class BeginForm(forms.Form):
    """A new article."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As a customer would ask it."))
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none())
    language = forms.ChoiceField(label=_("Language"), choices=choices.languages)
    audience = forms.TypedChoiceField(label=_("Who may read"), choices=Audience.choices, coerce=int, initial=0)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["category"]
        field.queryset = Category.objects.order_by("position", "title")


class ArrangeForm(forms.Form):
    """Where an article stands, who may read it, who keeps it true."""

    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none())
    audience = forms.TypedChoiceField(label=_("Who may read"), choices=Audience.choices, coerce=int)
    owner = forms.ModelChoiceField(
        label=_("Kept true by"), queryset=User.objects.filter(deactivated_at__isnull=True), required=False
    )
    review_on = forms.DateField(label=_("Look at it again on"), required=False, widget=DateInput())
    related = forms.CharField(label=_("Related articles"), required=False, help_text=_("Their numbers: A-12, A-7"))
    products = forms.CharField(label=_("Products"), required=False, help_text=_("Their numbers, with commas between."))

    def __init__(self, article: Article, data: Any = None) -> None:
        initial = {
            "category": article.category_id,
            "audience": article.audience,
            "owner": article.owner_id,
            "review_on": article.review_on,
            "related": ", ".join(one.code for one in article.related.order_by("number")),
            "products": ", ".join(article.products.order_by("sku").values_list("sku", flat=True)),
        }
        super().__init__(data, initial=initial)
        field: Any = self.fields["category"]
        field.queryset = Category.objects.order_by("position", "title")

    def clean_related(self) -> list[Article]:
        """Return the articles of the numbers."""
        numbers = [part.strip().upper().removeprefix("A-") for part in self.cleaned_data["related"].split(",")]
        wanted = {int(part) for part in numbers if part.isdecimal()}
        found = list(Article.objects.filter(number__in=wanted))
        if len(wanted) != len([part for part in numbers if part]) or len(found) != len(wanted):
            raise forms.ValidationError(_("There is no article of one of these numbers."))
        return found

    def clean_products(self) -> list[Product]:
        """Return the products of the numbers."""
        wanted = {part.strip() for part in self.cleaned_data["products"].split(",") if part.strip()}
        found = list(Product.objects.filter(sku__in=wanted))
        if missing := wanted - {one.sku for one in found}:
            raise forms.ValidationError(_("There is no product %(sku)s.") % {"sku": ", ".join(sorted(missing))})
        return found

    def values(self) -> dict[str, Any]:
        """Return the values as the verb takes them."""
        given = dict(self.cleaned_data)
        owner = given.pop("owner")
        return {**given, "owner_id": owner.pk if owner else None}


class ReasonForm(forms.Form):
    """Why a draft goes back."""

    reason = forms.CharField(label=_("What should change?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ShelfForm(forms.Form):
    """A category."""

    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(label=_("What it is about"), max_length=300, required=False)
    parent = forms.ModelChoiceField(label=_("Stands in"), queryset=Category.objects.none(), required=False)
    audience = forms.TypedChoiceField(label=_("Who may read"), choices=Audience.choices, coerce=int, initial=0)
    icon = forms.ChoiceField(
        label=_("Icon"), choices=[(name, name.replace("-", " ")) for name in SHELF_ICONS if name in ICONS]
    )
    position = forms.IntegerField(label=_("Position"), min_value=0, max_value=10_000, initial=0)

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["parent"]
        field.queryset = Category.objects.order_by("position", "title")
        self.languages = languages
        for code, name in languages:
            label = _("Title in %(language)s") % {"language": name}
            self.fields[f"title_{code}"] = forms.CharField(label=label, max_length=120, required=False)

    def values(self) -> dict[str, Any]:
        """Return the values as the verb takes them."""
        given = dict(self.cleaned_data)
        titles = {code: given.pop(f"title_{code}").strip() for code, _name in self.languages}
        return {**given, "words": {code: {"title": title} for code, title in titles.items() if title}}


class SynonymsForm(forms.Form):
    """Words that mean the same."""

    words = forms.CharField(
        label=_("Words that mean the same"), max_length=300, help_text=_("parcel, package, shipment")
    )


class ComparisonForm(forms.Form):
    """A comparison of products: the lines are written like a table."""

    title = forms.CharField(label=_("Title"), max_length=160)
    text = forms.CharField(
        label=_("What to look for"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    audience = forms.TypedChoiceField(
        label=_("Who may read"), choices=Audience.choices, coerce=int, initial=0, widget=Choices(in_row=True)
    )
    products = forms.CharField(
        label=_("Products"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line: its number, then | and whom it suits best. Two to six."),
    )
    rows = forms.CharField(
        label=_("Lines"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line: Height | 30 cm | 22 cm. Yes and no become signs. The price comes by itself."),
    )

    def clean_products(self) -> list[tuple[Product, str]]:
        """Return the products in order, each with whom it suits."""
        pairs = [line.partition("|") for line in self.cleaned_data["products"].splitlines() if line.strip()]
        wanted = {sku.strip(): best.strip() for sku, _bar, best in pairs}
        found = {one.sku: one for one in Product.objects.filter(sku__in=wanted)}
        if missing := [sku for sku in wanted if sku not in found]:
            raise forms.ValidationError(_("There is no product %(sku)s.") % {"sku": ", ".join(missing)})
        return [(found[sku], best) for sku, best in wanted.items()]

    def clean_rows(self) -> list[list[str]]:
        """Return the lines as lists of their cells."""
        lines = self.cleaned_data["rows"].splitlines()
        return [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]
