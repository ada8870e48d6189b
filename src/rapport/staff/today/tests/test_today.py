from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from rapport.feedback.services import answers
from rapport.insight.models import Score, Target
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.promises.services import promises
from rapport.staff.today import views, week
from rapport.testing.builders import answer, customer, order, promise
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_ten() -> Iterator[None]:
    cache.clear()
    with clock.frozen(NOW):
        yield


def groups(client: Client, **query: str) -> dict[str, Any]:
    return {group.name: group for group in client.get("/", query).context["groups"]}


def slipping(name: str, at_risk: int, **score: Any) -> None:
    row = customer(name)
    order(row, placed_at=NOW - timedelta(days=74))
    Score.objects.create(customer=row, at_risk_minor=at_risk, usual_days=21, p_alive=0.31, as_of=NOW, **score)


def test_an_installation_without_customers_offers_the_first_steps(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    text = client.get("/").content.decode()
    assert "Here will be your work" in text
    assert reverse("staff:imports") in text


def test_a_day_without_work_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    customer()
    assert "Nothing is due" in client.get("/").content.decode()


def test_late_promises_come_before_those_of_today_and_later_ones_wait(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customer("Eleanor Marsh")
    promise(row, "Tomorrow", due_on=date(2026, 11, 23))
    promise(row, "Today", due_on=date(2026, 11, 22))
    promise(row, "Late", due_on=date(2026, 11, 19), by=actor(cast.ben))
    owing = groups(client)["owing"]
    assert [(one.text, one.pill, one.tone) for one in owing.items] == [
        ("Late", "late", "bad"), ("Today", "today", "warn"),
    ]  # fmt: skip
    assert owing.items[0].why == "promised for Thu 19 Nov · by Ben Okafor"
    assert owing.count == 2


def test_a_promised_call_offers_to_call(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customer()
    promise(row, kind="call", due_at=NOW + timedelta(hours=2))
    [item] = groups(client)["owing"].items
    assert (item.act, item.act_href) == ("Call", f"{reverse('staff:customer', args=[row.pk])}?compose=call#composer")


def test_unhappy_feedback_comes_first_and_answered_feedback_is_gone(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customer("Ida Nyström")
    answer(row, 2, text="The box was crushed again.", answered_at=NOW - timedelta(days=3))
    answer(row, 5, answered_at=NOW - timedelta(hours=1))
    done = answer(row, 1, answered_at=NOW)
    answers.reply(done, "So sorry.", by=SYSTEM)
    answer(row, 1, answered_at=NOW - timedelta(days=200))
    items = groups(client)["waiting"].items
    assert [(one.text, one.pill) for one in items] == [
        ("2 of 5: “The box was crushed again.”", "unhappy"), ("5 of 5", "unanswered"),
    ]  # fmt: skip


def test_those_who_slip_away_are_told_with_why_and_what_is_at_risk(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    slipping("Priya Raman", 918_000, trend=-18)
    slipping("Café Lumen", 100_000)
    found = groups(client)["slipping"]
    assert [one.who for one in found.items] == ["Priya Raman", "Café Lumen"]
    first = found.items[0]
    assert first.text == "no order for 74 days, usually every 21"
    assert "still active 31%" in first.why
    assert "£9,180 at risk" in first.why
    assert (first.pill, first.tone) == ("−18", "bad")
    assert found.note == "2, worth £10.2K a year"


def test_mine_is_what_i_promised_or_look_after(client: Client, cast: Cast) -> None:
    mine, other = customer("Mine", owner=cast.ben), customer("Other", owner=cast.bea)
    promise(mine, "One", due_on=date(2026, 11, 22))
    promise(other, "Two", due_on=date(2026, 11, 22), by=actor(cast.ben))
    promise(other, "Three", due_on=date(2026, 11, 22), by=actor(cast.bea))
    client.force_login(cast.ben)
    assert {one.text for one in groups(client, whose="mine")["owing"].items} == {"One", "Two"}
    assert groups(client)["owing"].count == 3


def test_only_what_is_within_reach_is_shown(client: Client, cast: Cast) -> None:
    promise(customer(owner=cast.sam), due_on=date(2026, 11, 22))
    cast.ben.role.grants = {**cast.ben.role.grants, "promises.view": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)
    assert "owing" not in groups(client)


def test_long_lists_are_cut_and_lead_on(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    row = customer()
    for number in range(9):
        promise(row, f"Thing {number}", due_on=date(2026, 11, 22))
    text = client.get("/").content.decode()
    assert "See all 9" in text
    assert f"{reverse('staff:promises')}?view=open" in text


def test_today_asks_the_database_the_same_number_of_times(
    client: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.alice)
    promise(customer(), due_on=date(2026, 11, 22))
    slipping("First", 10)
    answer(customer(), 3)
    client.get("/")
    with django_assert_max_num_queries(25) as few:
        client.get("/")
    for number in range(5):
        promise(customer(f"P {number}"), due_on=date(2026, 11, 22))
        slipping(f"S {number}", 10 + number)
        answer(customer(f"A {number}"), 3)
    with django_assert_max_num_queries(25) as many:
        client.get("/")
    assert len(many) == len(few)


def test_the_week_says_share_interval_n_and_target(client: Client, cast: Cast) -> None:
    row = customer()
    for number in range(4):
        made = promise(row, due_on=date(2026, 11, 20))
        if number:
            with clock.frozen(NOW - timedelta(days=4)):
                promises.fulfil(made, by=SYSTEM)
    Target.objects.create(metric="kept_promises", value=95)
    kept, csat, answered = week.bars(actor(cast.alice), "Europe/London")
    assert (kept.value, kept.share, kept.tone) == ("75.0%", 75.0, "neutral")
    assert kept.note == "target 95% · 30% to 95% · n 4"
    assert (csat.value, csat.share, csat.note) == ("–", None, "nobody answered")
    assert answered.share is None


@pytest.mark.parametrize(
    ("hour", "greeting"), [(8, "Good morning, Alice"), (13, "Good afternoon, Alice"), (21, "Good evening, Alice")]
)
def test_the_greeting_knows_the_hour(hour: int, greeting: str) -> None:
    assert views.greeting(NOW.replace(hour=hour), "Alice Young") == greeting
