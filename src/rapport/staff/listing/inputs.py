"""The inputs of the filter's form, by kind of field, and what their values mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.kernel.conditions.registry import Spot
from rapport.kernel.conditions.values import Calendar, Me, MyTeam
from rapport.team.models import User
from rapport.ui.forms import DateInput, ManyChoices

Fields = dict[str, forms.Field]
DAY_UNITS = (("day", _("days")), ("week", _("weeks")), ("month", _("months")), ("quarter", _("quarters")),
             ("year", _("years")))  # fmt: skip
LENGTH_UNITS = (("minute", _("minutes")), ("hour", _("hours")), ("day", _("days")), ("week", _("weeks")))
CALENDAR = (
    ("this day", _("today")), ("previous day", _("yesterday")), ("following day", _("tomorrow")),
    ("this week", _("this week")), ("previous week", _("last week")), ("following week", _("next week")),
    ("this month", _("this month")), ("previous month", _("last month")), ("following month", _("next month")),
    ("this quarter", _("this quarter")), ("previous quarter", _("last quarter")),
    ("this year", _("this year")), ("previous year", _("last year")),
)  # fmt: skip
ME, MY_TEAM = "me", "my_team"
FEW = 12


def text(spot: Spot) -> Fields:
    """Return the input of one text."""
    return {"value": forms.CharField(label=_("Text"), max_length=200)}


def words(spot: Spot) -> Fields:
    """Return the input of several texts."""
    return {"value": forms.CharField(label=_("Texts"), max_length=500, help_text=_("Separated by commas."))}


def number(spot: Spot) -> Fields:
    """Return the input of a number."""
    return {"value": _number(spot, _("Number"))}


def numbers(spot: Spot) -> Fields:
    """Return the inputs of two numbers."""
    return {"low": _number(spot, _("From")), "high": _number(spot, _("To"))}


def _number(spot: Spot, label: Any) -> forms.Field:
    if spot.field.whole:
        return forms.IntegerField(label=label)
    return forms.DecimalField(label=label, max_digits=15, decimal_places=6, widget=forms.NumberInput({"step": "any"}))


def day(spot: Spot) -> Fields:
    """Return the input of a day."""
    return {"value": forms.DateField(label=_("Day"), widget=DateInput())}


def days(spot: Spot) -> Fields:
    """Return the inputs of two days."""
    return {
        "low": forms.DateField(label=_("From"), widget=DateInput()),
        "high": forms.DateField(label=_("To"), widget=DateInput()),
    }


def stretch(spot: Spot) -> Fields:
    """Return the inputs of so many days, weeks, months."""
    return {
        "n": forms.IntegerField(label=_("How many"), min_value=1, max_value=9999, initial=30),
        "unit": forms.ChoiceField(label=_("Unit"), choices=DAY_UNITS),
    }


days_ago = stretch


def length(spot: Spot) -> Fields:
    """Return the inputs of a length of time."""
    return {
        "n": forms.IntegerField(label=_("How long"), min_value=0, max_value=10**6),
        "unit": forms.ChoiceField(label=_("Unit"), choices=LENGTH_UNITS),
    }


def calendar(spot: Spot) -> Fields:
    """Return the choice of a week, a month, a year around today."""
    return {"value": forms.ChoiceField(label=_("Period"), choices=CALENDAR, initial="this month")}


def calendar_value(spot: Spot, data: Mapping[str, Any]) -> Calendar:
    """Return the chosen period."""
    which, unit = data["value"].split()
    return Calendar(which=which, unit=unit)


def calendar_key(value: Any) -> Mapping[str, Any] | None:
    """Return the choice for a period, None for one that is not offered."""
    return {"value": f"{value.which} {value.unit}"} if isinstance(value, Calendar) else None


def yes_or_no(spot: Spot) -> Fields:
    """Return the choice of yes or no."""
    return {"value": forms.ChoiceField(label=_("Answer"), choices=(("yes", _("Yes")), ("no", _("No"))))}


def truth(spot: Spot, data: Mapping[str, Any]) -> bool:
    """Return whether yes was chosen."""
    return bool(data["value"] == "yes")


def truth_key(value: Any) -> Mapping[str, Any]:
    """Return the choice for a boolean."""
    return {"value": "yes" if value else "no"}


def choice(spot: Spot) -> Fields:
    """Return the choice of one."""
    return {"value": forms.ChoiceField(label=_("Choice"), choices=options(spot))}


def choices(spot: Spot) -> Fields:
    """Return the choice of several: all in sight when they are few, else a list to choose from."""
    offered = options(spot)
    widget = ManyChoices() if len(offered) <= FEW else forms.SelectMultiple({"size": 9})
    return {"value": forms.MultipleChoiceField(label=_("Choices"), choices=offered, widget=widget)}


def tags(spot: Spot) -> Fields:
    """Return the choice of several where there is something to choose from, else texts."""
    return choices(spot) if spot.field.options() else words(spot)


def options(spot: Spot) -> list[tuple[str, str]]:
    """Return the choices of a field; where they are users, also who looks and their team."""
    offered = [(str(key), label) for key, label in spot.field.options()]
    if _of_users(spot):
        return [(ME, str(_("Me"))), (MY_TEAM, str(_("My team"))), *offered]
    return offered


def choice_value(key: str) -> Any:
    """Return the value of a condition for a chosen key."""
    return {ME: Me(), MY_TEAM: MyTeam()}.get(key, key)


def choice_key(value: Any) -> str:
    """Return the chosen key for the value of a condition."""
    return value.kind if isinstance(value, Me | MyTeam) else str(value)


def _of_users(spot: Spot) -> bool:
    path = spot.field.path
    if not isinstance(path, str) or not path.endswith("_id"):
        return False
    return spot.owner.model._meta.get_field(path.removesuffix("_id")).related_model is User
