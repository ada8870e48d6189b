"""The forms of meetings."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import getaddresses
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.conversations.services.people import normal_address
from rapport.customers.models import Customer
from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.meetings.models import Meeting
from rapport.meetings.policy import new_room
from rapport.meetings.services.meetings import Guest
from rapport.staff.customers.choosing import CustomerField
from rapport.staff.record.forms import TimeInput
from rapport.team.models import User
from rapport.ui.forms import Choices, DateInput

PLACES = [
    ("video", gettext_lazy("Video room")),
    ("here", gettext_lazy("In person")),
    ("phone", gettext_lazy("By phone")),
]
REMIND = [
    ("", gettext_lazy("No reminder")),
    ("15", gettext_lazy("15 minutes before")),
    ("60", gettext_lazy("An hour before")),
    ("1440", gettext_lazy("A day before")),
]


class WhenForm(forms.Form):
    """When a meeting is, on the clock of its zone."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=DateInput())
    time = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput(format="%H:%M"))
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=5, max_value=60 * 24 * 30)
    all_day = forms.BooleanField(label=gettext_lazy("All day"), required=False)

    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zone = zone
        if self.data.get(self.add_prefix("all_day")):  # then it has no hour and no length
            self.fields["time"].required = self.fields["minutes"].required = False

    def span(self) -> dict[str, Any]:
        """Return the stretch of time as the verbs take it."""
        given = self.cleaned_data
        if given["all_day"]:
            starts, ends = clock.day_start(given["day"], self.zone), clock.day_end(given["day"], self.zone)
            return {"starts_at": starts, "ends_at": ends, "zone": self.zone, "all_day": True}
        starts = datetime.combine(given["day"], given["time"], ZoneInfo(self.zone)).astimezone(ZoneInfo("UTC"))
        ends = starts + timedelta(minutes=given["minutes"])
        return {"starts_at": starts, "ends_at": ends, "zone": self.zone, "all_day": False}


class AboutForm(forms.Form):
    """What a meeting is about, where it is, and who comes."""

    title = forms.CharField(label=gettext_lazy("What is it about?"), max_length=200)
    customer = forms.CharField(required=False)
    guests = forms.CharField(
        label=gettext_lazy("Guests"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Mail addresses, separated by commas. They get an invitation for their calendar."),
    )
    colleagues = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Colleagues"),
        required=False,
        queryset=User.objects.filter(deactivated_at__isnull=True),
        widget=forms.SelectMultiple({"size": 4}),
    )
    where = forms.ChoiceField(
        label=gettext_lazy("Where?"), choices=PLACES, initial="video", widget=Choices(in_row=True)
    )
    place = forms.CharField(label=gettext_lazy("Place or number"), max_length=300, required=False)
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"), max_length=5000, required=False, widget=forms.Textarea({"rows": 3})
    )
    remind = forms.ChoiceField(label=gettext_lazy("Reminder"), choices=REMIND, required=False, initial="60")
    private = forms.BooleanField(
        label=gettext_lazy("Private"), required=False, help_text=gettext_lazy("Others see only that you are busy.")
    )

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["customer"] = CustomerField(actor=actor, right=CUSTOMERS, required=False)

    def clean_guests(self) -> list[tuple[str, str]]:
        """Return name and address of each guest; refuse what is no address."""
        text = self.cleaned_data["guests"].replace("\n", ",").replace(";", ",")
        found = [(name.strip(), address.strip()) for name, address in getaddresses([text]) if name or address]
        for name, address in found:
            if not normal_address(address):
                raise forms.ValidationError(_("%(address)s is no mail address.") % {"address": address or name})
        return found

    def people(self, organiser: User) -> list[Guest]:
        """Return everybody who comes, the organiser first."""
        given = self.cleaned_data
        found = [Guest(user=organiser), *(Guest(user=one) for one in given["colleagues"] if one != organiser)]
        customer: Customer | None = given["customer"]
        if customer is not None:
            rows = customer.identities.filter(kind="email").order_by("-primary", "created_at")
            address = rows.values_list("normal", flat=True).first() or ""
            found.append(Guest(address=address, name=customer.label, customer=customer))
        return [*found, *(Guest(address=address, name=name) for name, address in given["guests"])]

    def about(self, now: Meeting | None = None) -> dict[str, Any]:
        """Return the fields of the meeting; one by video that has no room gets one."""
        given = self.cleaned_data
        video = (now.video_url if now else "") or new_room()
        return {
            "title": given["title"],
            "agenda": given["agenda"],
            "place": "" if given["where"] == "video" else given["place"],
            "video_url": video if given["where"] == "video" else "",
            "private": given["private"],
            "remind_minutes": int(given["remind"]) if given["remind"] else None,
        }


class PlanForm(AboutForm, WhenForm):
    """A meeting to plan."""

    field_order = (
        "title", "customer", "day", "time", "minutes", "all_day", "where", "place", "guests", "colleagues", "agenda",
        "remind", "private",
    )  # fmt: skip


class OutcomeForm(forms.Form):
    """How it went."""

    text = forms.CharField(
        label=gettext_lazy("What came of it?"), max_length=10_000, required=False, widget=forms.Textarea({"rows": 3})
    )


class ReasonForm(forms.Form):
    """Why it is called off."""

    reason = forms.CharField(label=gettext_lazy("Why? The guests read it."), max_length=300, required=False)
