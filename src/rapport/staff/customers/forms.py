"""The forms that add and change a customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer
from rapport.staff import choices
from rapport.staff.custom_inputs import custom_initial, custom_inputs, custom_values
from rapport.staff.customers.choosing import TagsInput
from rapport.team.models import User
from rapport.ui.forms import Choices, DateInput

PLAIN = (
    "kind", "name", "given_name", "family_name", "language", "preferred_channel", "birthday", "street", "city",
    "region", "postcode", "country", "source",
)  # fmt: skip


def _with_nothing(offered: Any) -> list[tuple[str, Any]]:
    return [("", "–"), *offered]


class TagsField(forms.CharField):
    """Tags with commas between them; the value is a list without repetitions."""

    def prepare_value(self, value: Any) -> Any:
        """Return the text for a list of tags."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the tags; raises `ValidationError` for one that is too long."""
        tags = list(dict.fromkeys(tag.strip() for tag in super().clean(value).split(",") if tag.strip()))
        if any(len(tag) > 60 for tag in tags):
            raise forms.ValidationError(_("A tag has at most 60 characters."))
        return tags


class CustomerForm(forms.Form):
    """Who a customer is, where they live, and who looks after them; custom fields come last."""

    kind = forms.ChoiceField(label=_("They are a"), choices=Customer.Kind, widget=Choices(in_row=True))
    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)
    name = forms.CharField(label=_("Name of the company"), max_length=200, required=False)
    stage = forms.ChoiceField(label=_("Stage"), choices=Customer.Stage)
    owner = forms.ModelChoiceField(
        User.objects.filter(deactivated_at__isnull=True), label=_("Owner"), required=False, empty_label=_("Nobody")
    )
    tags = TagsField(
        label=_("Tags"), required=False, max_length=600, widget=TagsInput, help_text=_("Separated by commas.")
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    region = forms.CharField(label=_("Region"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    preferred_channel = forms.ChoiceField(label=_("Preferred channel"), required=False)
    birthday = forms.DateField(label=_("Birthday"), required=False, widget=DateInput())
    source = forms.CharField(label=_("Source"), max_length=80, required=False, help_text=_("How they found you."))

    who: tuple[str, ...] = ("given_name", "family_name", "name")
    care = ("stage", "owner", "tags", "source")
    place = ("country", "street", "postcode", "city", "region")
    contact = ("preferred_channel", "language", "birthday")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        languages = choices.languages()
        known = {code for code, _name in languages}
        own = str(self.initial.get("language", ""))
        more_languages = [] if not own or own in known else [(own, own)]
        self.offer("country", choices.countries())
        self.offer("language", [*languages, *more_languages])
        self.offer("preferred_channel", Customer.Channel.choices)
        self.own = custom_inputs("customer")
        self.fields |= self.own

    def offer(self, name: str, offered: Any) -> None:
        """Let the field `name` choose from `offered` or nothing."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _with_nothing(offered)

    def group(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        """Return some of the fields."""
        return [self[name] for name in names]

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings; the first have none."""
        custom = [self[name] for name in self.own]
        groups = [
            ("", self.group(self.who)),
            (_("Care"), self.group(self.care)),
            (_("Address"), self.group(self.place)),
            (_("Contact"), self.group(self.contact)),
        ]
        return [*groups, (_("More"), custom)] if custom else groups

    def values(self) -> dict[str, Any]:
        """Return the plain fields as the verbs take them: a company has one name, a person two."""
        given = {name: self.cleaned_data[name] for name in PLAIN}
        if given["kind"] == Customer.Kind.COMPANY:
            given |= {"given_name": "", "family_name": ""}
        else:
            given.pop("name")
        owner: User | None = self.cleaned_data["owner"]
        return {**given, "tags": self.cleaned_data["tags"], "owner_id": owner.pk if owner else None}

    def custom(self) -> dict[str, Any]:
        """Return the custom fields by key, as the verbs take them."""
        return custom_values(self.cleaned_data, self.own)


class NewCustomerForm(CustomerForm):
    """A new customer, with how to reach them."""

    email = forms.CharField(label=_("E-mail"), max_length=254, required=False,
                            widget=forms.EmailInput({"autocomplete": "off"}))  # fmt: skip
    phone = forms.CharField(label=_("Phone"), max_length=60, required=False,
                            widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}))  # fmt: skip
    company = forms.CharField(
        label=_("Company"), max_length=200, required=False, help_text=_("A name that is not known yet is added.")
    )
    role = forms.CharField(label=_("Role there"), max_length=80, required=False)
    anyway = forms.BooleanField(label=_("Add them all the same"), required=False)

    who = ("given_name", "family_name", "name", "email", "phone", "company", "role")


def initial(customer: Customer) -> dict[str, Any]:
    """Return what the form of a customer begins with."""
    plain = {name: getattr(customer, name) for name in PLAIN}
    return {
        **plain,
        **custom_initial(customer.custom),
        "stage": customer.stage,
        "owner": customer.owner_id,
        "tags": customer.tags,
    }
