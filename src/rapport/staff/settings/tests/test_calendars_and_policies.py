from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.service.clocks.ticking import Aim
from rapport.service.models import Calendar, CalendarDay, SlaPolicy, Ticket
from rapport.service.services import calendars, policies
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-13:00, 14:00-17:00")
WEDNESDAY = datetime(2026, 7, 1, 9, tzinfo=UTC)
HOLIDAYS = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20260831\r\n"
    b"SUMMARY:Bank holiday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def boss(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def office(cast: Cast) -> Calendar:
    hours = {name: [["09:00", "17:00"]] for name in WEEK}
    return calendars.add("Office", "Europe/London", hours, by=SYSTEM)


def to(name: str, *args: object) -> str:
    return reverse(f"staff:{name}", args=args)


def targets(first: str = "1 h", solve: str = "8") -> dict[str, str]:
    one = {"first": first, "next": "", "solve": solve}
    return {f"{priority}_{aim}": words for priority in Ticket.Priority.values for aim, words in one.items()}


def test_only_who_may_change_policies_sees_them(client: Client, cast: Cast, office: Calendar) -> None:
    client.force_login(cast.ben)
    for address in (to("calendars"), to("calendar", office.pk), to("sla_policies"), to("sla_policy_add")):
        assert client.get(address).status_code == 403
    assert client.post(to("calendar_remove", office.pk)).status_code == 403
    client.force_login(cast.mona)
    assert client.get(to("calendars")).status_code == 200


def test_a_calendar_is_added_and_changed(boss: Client) -> None:
    assert boss.get(to("calendars")).status_code == 200
    assert boss.get(to("calendar_add")).status_code == 200
    boss.post(to("calendar_add"), {"name": "Shop", "zone": "Europe/Berlin", **WEEK, "sat": "22:00-06:00"})
    made = Calendar.objects.get()
    assert made.hours["mon"] == [["09:00", "13:00"], ["14:00", "17:00"]]
    assert made.hours["sat"] == [["22:00", "06:00"]]
    boss.post(to("calendar", made.pk), {"name": "Shop", "zone": "UTC", **WEEK})
    made.refresh_from_db()
    assert (made.zone, sorted(made.hours)) == ("UTC", sorted(WEEK))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mon": "nine"}, "mon"),
        ({"name": "Office"}, "name"),
        (dict.fromkeys(WEEK, ""), "__all__"),
        ({"zone": "x"}, "zone"),
    ],
)
def test_a_calendar_that_cannot_be_is_told(boss: Client, office: Calendar, change: dict[str, str], field: str) -> None:
    answer = boss.post(to("calendar_add"), {"name": "Shop", "zone": "UTC", **WEEK, **change})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Calendar.objects.count() == 1


def test_a_day_is_closed_and_opened_again(boss: Client, office: Calendar) -> None:
    with clock.frozen(WEDNESDAY):
        boss.post(to("calendar_day_add", office.pk), {"day": "2026-07-04", "name": "Fair", "hours": "10:00-12:00"})
        made = CalendarDay.objects.get()
        assert (made.day, made.name, made.hours) == (date(2026, 7, 4), "Fair", [["10:00", "12:00"]])
        assert "Fair" in boss.get(to("calendar", office.pk)).content.decode()
        assert boss.post(to("calendar_day_add", office.pk), {"day": "x"}).status_code == 422
        boss.post(to("calendar_day_remove", made.pk))
    assert not CalendarDay.objects.exists()


def test_holidays_are_read_from_a_file_and_one_that_is_switched_off_stays_off(boss: Client, office: Calendar) -> None:
    with clock.frozen(WEDNESDAY):
        for _again in range(2):
            boss.post(to("calendar_holidays", office.pk), {"file": SimpleUploadedFile("x.ics", HOLIDAYS)})
            assert list(office.days.values_list("name", "hours")) == [("Bank holiday", [])]
        boss.post(to("calendar_day_remove", office.days.get().pk))
        boss.post(to("calendar_holidays", office.pk), {"file": SimpleUploadedFile("x.ics", HOLIDAYS)})
        assert [one.counts for one in office.days.all()] == [False]
        wrong = boss.post(to("calendar_holidays", office.pk), {"file": SimpleUploadedFile("x.ics", b"hello")})
    assert wrong.status_code == 422


def test_a_calendar_in_use_stays(boss: Client, office: Calendar) -> None:
    policies.add("All", office, {"normal": {Aim.FIRST: 60}}, by=SYSTEM, fallback=True)
    assert boss.post(to("calendar_remove", office.pk)).status_code == 302
    assert Calendar.objects.exists()
    SlaPolicy.objects.all().delete()
    boss.post(to("calendar_remove", office.pk))
    assert not Calendar.objects.exists()


def test_a_policy_is_added_with_targets_and_tells_what_would_be_due(boss: Client, office: Calendar) -> None:
    assert boss.get(to("sla_policy_add")).status_code == 200
    given = {"name": "All", "calendar": str(office.pk), "fallback": "on", "condition": "", **targets("1 h 30 min")}
    assert boss.post(to("sla_policy_add"), given).status_code == 302
    made = SlaPolicy.objects.get()
    rows = set(made.targets.values_list("priority", "first_minutes", "next_minutes", "solve_minutes"))
    assert rows == {(priority, 90, None, 8) for priority in Ticket.Priority.values}
    with clock.frozen(WEDNESDAY):
        page = boss.get(to("sla_policy", made.pk))
    assert ("Normal", [datetime(2026, 7, 1, 10, 30, tzinfo=UTC), None, datetime(2026, 7, 1, 9, 8, tzinfo=UTC)]) in (
        page.context["forecast"]
    )
    assert "11:30" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"condition": ""}, "condition"),
        ({"condition": "colour = red"}, "condition"),
        ({"fallback": "on"}, "fallback"),
        ({"name": "All"}, "name"),
        ({"low_first": "soon"}, "low_first"),
        ({"low_first": "0 min"}, "low_first"),
    ],
)
def test_a_policy_that_cannot_be_is_told(boss: Client, office: Calendar, change: dict[str, str], field: str) -> None:
    policies.add("All", office, {"normal": {Aim.FIRST: 60}}, by=SYSTEM, fallback=True)
    given = {"name": "Urgent", "calendar": str(office.pk), "condition": "priority = urgent", **targets(), **change}
    answer = boss.post(to("sla_policy_add"), given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert SlaPolicy.objects.count() == 1


def test_policies_are_put_in_order_and_removed(boss: Client, office: Calendar) -> None:
    for name in ("One", "Two"):
        given = {"name": name, "calendar": str(office.pk), "condition": "priority = urgent", **targets()}
        boss.post(to("sla_policy_add"), given)
    second = SlaPolicy.objects.get(name="Two")
    boss.post(to("sla_policy_up", second.pk))
    assert [row.name for row in SlaPolicy.objects.all()] == ["Two", "One"]
    page = boss.get(to("sla_policies")).content.decode()
    assert page.index("Two") < page.index("One")
    boss.post(to("sla_policy_remove", second.pk))
    assert [row.name for row in SlaPolicy.objects.all()] == ["One"]
