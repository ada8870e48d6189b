"""Surveys on the settings page, and what people gave on the pages of the staff."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from rapport.feedback.models import Answer, Survey
from rapport.feedback.services import answers, surveys
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from rapport.service.services import assigning, tickets
from rapport.testing import builders
from rapport.testing.cast import Cast
from rapport.testing.queries import query_count

pytestmark = pytest.mark.django_db
PAGE = "/settings/surveys/"
FORM = {
    "name": "After service", "scale": "ces2", "condition": "priority = urgent", "channels": ["email"],
    "delay_hours": "2", "remind_days": "3", "open_days": "10", "rest_days": "30", "reopening_ends": "on", "poor": "",
    "follow_up": "ticket", "answer_hours": "8", "en_question": "Was it easy?",
    "en_low": "Slow\nRude", "de_low": "Langsam\nGrob",
}  # fmt: skip


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def rated(cast: Cast) -> Ticket:
    customer = builders.customer("Ana Lima")
    ticket = tickets.open("A cracked lamp", by=SYSTEM, requester=customer)
    assigning.assign(ticket, cast.ben, by=SYSTEM)
    ticket = tickets.solve(ticket, by=SYSTEM)
    answers.record(customer, "csat", Decimal(1), ticket=ticket, reasons=["Slow"], text="Two weeks!", by=SYSTEM)
    return ticket


def test_a_survey_is_added_and_changed(staff: Client, cast: Cast) -> None:
    assert "No surveys yet" in staff.get(PAGE).content.decode()
    made = staff.post(f"{PAGE}add/", {**FORM, "lead": str(cast.mona.pk)})
    row = Survey.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"{PAGE}{row.pk}/")
    assert (row.scale, row.poor, row.lead, row.rest_days, row.channels) == ("ces2", 3, cast.mona, 30, ["email"])
    assert row.words["de"] == {"low": ["Langsam", "Grob"]}
    page = staff.get(made["Location"]).content.decode()
    assert "priority = &quot;urgent&quot;" in page or "priority = urgent" in page
    assert "Was it easy?" in page
    assert staff.post(made["Location"], {**FORM, "poor": "4", "condition": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.poor, row.condition, row.lead) == (4, None, None)
    assert "All tickets" in staff.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"), ({"scale": "mood"}, "scale"), ({"condition": "mood = bad"}, "condition"),
        ({"open_days": "0"}, "open_days"), ({"poor": "7"}, "poor"), ({"remind_days": "10"}, "remind_days"),
        ({"de_low": "Langsam"}, "de_low"), ({"fr_high": "Vite"}, "fr_high"), ({"lead": "x"}, "lead"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_at_its_field(staff: Client, given: dict[str, str], field: str) -> None:
    refused = staff.post(f"{PAGE}add/", {**FORM, **given})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [field])
    assert not Survey.objects.exists()


def test_a_survey_rests_moves_and_goes(staff: Client) -> None:
    first, second = (surveys.add(name, "csat5", by=SYSTEM) for name in ("One", "Two"))
    staff.post(f"{PAGE}{first.pk}/pause/")
    first.refresh_from_db()
    assert first.paused_at is not None
    staff.post(f"{PAGE}{first.pk}/pause/")
    staff.post(f"{PAGE}{second.pk}/up/")
    assert list(Survey.objects.values_list("name", "paused_at")) == [("Two", None), ("One", None)]
    staff.post(f"{PAGE}{second.pk}/remove/")
    assert list(Survey.objects.all()) == [first]


def test_whoever_may_not_set_up_service_is_refused(client: Client, cast: Cast) -> None:
    row = surveys.add("One", "csat5", by=SYSTEM)
    client.force_login(cast.ben)
    assert client.get(PAGE).status_code == 403
    for act in ("up", "pause", "remove"):
        assert client.post(f"{PAGE}{row.pk}/{act}/").status_code == 403
    assert Survey.objects.get().paused_at is None


def test_the_list_of_feedback_shows_ticket_and_reasons(staff: Client, rated: Ticket) -> None:
    page = staff.get("/feedback/").content.decode()
    for words in (rated.code, "Slow", "1 of 5", "pill-bad"):
        assert words in page


def test_effort_is_good_when_it_was_easy(staff: Client) -> None:
    customer = builders.customer("Ana Lima")
    answers.record(customer, "ces", Decimal(7), by=SYSTEM)
    answers.record(customer, "ces", Decimal(1), scale=(1, 5), by=SYSTEM)
    assert staff.get("/feedback/").content.decode().count("pill-good") == 2
    assert staff.get("/feedback/?view=low").context["shown"].table.rows == []


def test_the_page_of_a_ticket_shows_how_it_was_rated(staff: Client, rated: Ticket) -> None:
    page = staff.get(f"/inbox/{rated.number}/").content.decode()
    for words in ("How it went", "Two weeks!", "solved by Ben Okafor"):
        assert words in page


def test_feedback_is_closed_without_a_reply(staff: Client, rated: Ticket) -> None:
    given = Answer.objects.get()
    page = f"/customers/{given.customer_id}/feedback/{given.pk}/"
    assert staff.post(page, {"close": "1"}).status_code == 302
    given.refresh_from_db()
    assert given.closed_at is not None
    assert staff.get("/feedback/").context["shown"].table.rows == []
    assert "without a reply" in staff.get(page).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_surveys(staff: Client) -> None:
    surveys.add("One", "csat5", by=SYSTEM)
    staff.get(PAGE)
    with query_count() as few:
        staff.get(PAGE)
    for n in range(5):
        surveys.add(f"More {n}", "nps", by=SYSTEM)
    with query_count() as many:
        staff.get(PAGE)
    assert many.count == few.count
