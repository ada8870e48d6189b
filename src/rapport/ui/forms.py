"""How forms look: the renderer behind `{{ form }}`, and the widgets and fields that HTML or Django lack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.forms import renderers, widgets
from django.template.backends.django import DjangoTemplates
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from rapport.kernel.money import Money, MoneyError, decimals


class Renderer(renderers.DjangoTemplates):
    """Renders forms and fields with the templates of the design system (`FORM_RENDERER`)."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"

    @cached_property
    def engine(self) -> DjangoTemplates:
        """The engine of form templates, which knows the tags of the design system."""
        builtins = ["django.templatetags.i18n", "rapport.ui.templatetags.ui"]
        return DjangoTemplates(
            {
                "APP_DIRS": True,
                "DIRS": [Path(renderers.__file__).parent / "templates"],
                "NAME": "forms",
                "OPTIONS": {"builtins": builtins},
            }
        )


class DateInput(widgets.DateInput):
    """A day, picked in the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(widgets.DateTimeInput):
    """A day and an hour in the reader's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Choices(widgets.RadioSelect):
    """One of a few, all in sight; `in_row` puts them side by side."""

    template_name = "ui/forms/widgets/choices.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, in_row: bool = False) -> None:
        super().__init__(attrs)
        self.in_row = in_row

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add how they stand."""
        context = super().get_context(name, value, attrs)
        context["widget"]["in_row"] = self.in_row
        return context


class ManyChoices(widgets.CheckboxSelectMultiple):
    """Several of a few, all in sight."""

    template_name = "ui/forms/widgets/choices.html"


class Combobox(widgets.TextInput):
    """A text with suggestions: `options` are values, or pairs of value and label."""

    template_name = "ui/forms/widgets/combobox.html"

    def __init__(self, options: Iterable[str | tuple[str, str]] = (), attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.options = options

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the list and tie it to the input."""
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}-list"
        pairs = [(one, "") if isinstance(one, str) else one for one in self.options]
        context["widget"] |= {"list_id": list_id, "options": pairs}
        context["widget"]["attrs"]["list"] = list_id
        return context


class FileDrop(widgets.FileInput):
    """A file to choose or to drop; `many` takes several."""

    template_name = "ui/forms/widgets/drop.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, many: bool = False) -> None:
        self.many = self.allow_multiple_selected = many
        super().__init__(attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the file, or the list of files when there may be many."""
        return files.getlist(name) if self.many else files.get(name)


class MoneyInput(widgets.MultiWidget):
    """An amount and its currency, joined."""

    template_name = "ui/forms/widgets/joined.html"

    def __init__(self, currencies: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        amount = widgets.NumberInput({"step": "any", "inputmode": "decimal", "aria-label": _("Amount")})
        choice = widgets.Select({"aria-label": _("Currency")}, choices=[(code, code) for code in currencies])
        super().__init__([amount, choice], attrs)

    def decompress(self, value: Money | None) -> list[Any]:
        """Return the parts of `value`."""
        return [None, None] if value is None else [value.amount, value.currency]

    def id_for_label(self, id_: str) -> str:
        """Return the id of the amount, which the label belongs to."""
        return f"{id_}_0" if id_ else id_


class MoneyField(forms.MultiValueField):
    """An amount of one of `currencies`; the value is `Money`, or None."""

    def __init__(self, currencies: Sequence[str], **more: Any) -> None:
        parts = (
            forms.DecimalField(max_digits=18, decimal_places=max(decimals(code) for code in currencies)),
            forms.ChoiceField(choices=[(code, code) for code in currencies]),
        )
        super().__init__(parts, widget=MoneyInput(currencies), **more)

    def compress(self, data_list: list[Any]) -> Money | None:
        """Return the parts as `Money`; raises `ValidationError` for more decimals than the currency has."""
        amount: Decimal | None = data_list[0] if data_list else None
        if amount is None:
            return None
        code: str = data_list[1]
        try:
            money = Money.of(amount, code)
        except MoneyError as error:
            raise forms.ValidationError(_("This is not an amount of money."), code="money") from error
        if money.amount != amount:
            raise forms.ValidationError(_("%(code)s has fewer decimals."), code="decimals", params={"code": code})
        return money


class FilesField(forms.FileField):
    """One file or more; the value is a list."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=FileDrop(many=True), **more)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file; raises `ValidationError`."""
        if not data:
            super().clean(None, initial)
            return []
        return [super(FilesField, self).clean(one, initial) for one in data]
