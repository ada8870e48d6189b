"""The service dashboard: figures, slices, tables and files, each only of tickets within the reader's reach."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rapport.feedback.models import Answer
from rapport.insight import desk, queries
from rapport.insight.lake.reader import Lake
from rapport.insight.lake.refresh import refresh
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.service.models import Queue, Ticket
from rapport.service.services import assigning, tickets
from rapport.service.tests.making import answered, queue, ticket_of, written
from rapport.staff.insight.days import steps
from rapport.staff.insight.service_cards import CARDS
from rapport.staff.insight.tests.conftest import NOW, at_home
from rapport.team.models import User
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor, hire, hired

HTMX = {"HX-Request": "true"}
PAGE_QUERIES = 16
CARD_QUERIES = 14


@pytest.fixture(scope="module")
def business(lasting: Callable[[], AbstractContextManager[None]], shared_home: Path) -> None:
    """Ben solved three tickets of orders, Sam one of returns; one of returns waits for anybody, one is Ben's."""
    with lasting(), at_home(shared_home):
        _serve(hire())
        refresh()


def _serve(cast: Cast) -> None:
    rows = {"orders": queue("Orders", [cast.ben]), "returns": queue("Returns", [cast.sam])}
    for n in range(3):
        served(cast.ben, rows["orders"], days=3 + n, minutes=10 * (n + 1), tags=["=late"])
    first = served(cast.sam, rows["returns"], days=2, minutes=90)
    Answer.objects.create(
        customer=first.requester, ticket=first, agent=cast.sam, queue=rows["returns"], kind="csat", score=5,
        scale_low=1, scale_high=5, asked_at=NOW, answered_at=NOW, created_at=NOW,
    )  # fmt: skip
    open_one(None, rows["returns"])
    open_one(cast.ben, rows["orders"])


@pytest.fixture
def cast(db: None, business: None) -> Cast:
    """The cast of the business."""
    return hired()


@pytest.fixture
def desks(business: None, shared_home: Path, db: None) -> Iterator[dict[str, Queue]]:
    """Its queues, and the lake with what happened in them."""
    with at_home(shared_home):
        yield {row.name.lower(): row for row in Queue.objects.filter(name__in=("Orders", "Returns"))}


def served(by: User, of: Queue, *, days: int, minutes: int, tags: list[str] | None = None) -> Ticket:
    """Let a customer write, answer after so many minutes, and solve it an hour later."""
    at = NOW - timedelta(days=days)
    with clock.frozen(at):
        asked = written(of=customer(f"Customer {days}"))
        ticket = tickets.change(ticket_of(asked), tags=tags or [], by=SYSTEM)
        ticket = assigning.assign(assigning.move(ticket, of, by=SYSTEM), by, by=SYSTEM)
    with clock.frozen(at + timedelta(minutes=minutes)):
        answered(asked, by=actor(by))
    with clock.frozen(at + timedelta(minutes=minutes + 60)):
        return tickets.solve(Ticket.objects.get(pk=ticket.pk), by=SYSTEM)


def open_one(owner: User | None, of: Queue) -> Ticket:
    with clock.frozen(NOW - timedelta(days=10)):
        made = assigning.move(ticket_of(written(of=customer("Somebody"))), of, by=SYSTEM)
        return assigning.assign(made, owner, by=SYSTEM) if owner else made


def reaching(user: User, reach: str) -> User:
    """Let the figures of a user reach so far."""
    user.role.grants = {**user.role.grants, "insight.view": reach}
    user.role.save()
    return user


def card(client: Client, name: str, **asked: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(reverse("staff:service_card", args=[name]), asked, headers=HTMX).context["it"]
    return found


def rows(client: Client, **asked: str) -> list[list[str]]:
    answer = client.get(reverse("staff:service_csv", args=[asked.pop("report")]), asked)
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_before_the_first_refresh_every_card_says_so(client: Client, cast: Cast, home: Path) -> None:
    client.force_login(cast.alice)
    assert client.get(reverse("staff:service")).status_code == 200
    text = client.get(reverse("staff:service"), {"whole": "1"}).content.decode()
    assert text.count("The numbers have not been worked out yet.") == len(CARDS) + 1


@pytest.mark.django_db
def test_the_page_says_how_we_serve(client: Client, cast: Cast, desks: dict[str, Queue]) -> None:
    client.force_login(cast.alice)
    tiles = {one.name: (one.said, one.note) for one in card(client, "tiles")["tiles"]}
    assert tiles["first_response"][0] == "25 min"
    assert "9 of 10 within 1.2 h · n 4 · too few to rely on" in tiles["first_response"][1]
    assert tiles["service_csat"][0] == "100.0%"
    assert tiles["backlog"][0] == "2"
    assert card(client, "hours")["busiest"].endswith("10 to 11 o'clock")
    assert [one.n for one in desk.ages(asked(cast))] == [0, 0, 0, 2, 0]
    ages = card(client, "backlog")["chart"].option["series"][0]["data"]
    assert "opened+between+2026-10-26+and+2026-11-15" in ages[3]["href"]
    assert "2 tickets not solved; 2 opened a week ago or longer." in card(client, "backlog")["chart"].text
    assert card(client, "days")["chart"].text.startswith("6 tickets opened, 4 solved. Busiest:")
    assert [line[0] for line in card(client, "channels")["lines"]] == ["Chat"]


def asked(cast: Cast, **only: str) -> desk.Asked:
    return desk.Asked(None, None, only=only, actor=actor(cast.alice))


@pytest.mark.django_db
def test_the_page_is_whole_without_scripts(client: Client, cast: Cast, desks: dict[str, Queue]) -> None:
    client.force_login(cast.alice)
    query = {"whole": "1", "by": "queue", "sort": "-tickets_opened"}
    text = client.get(reverse("staff:service"), query).content.decode()
    assert 'hx-trigger="load"' not in text
    assert "Orders" in text
    alone = client.get(reverse("staff:service_card", args=["speed"]))
    assert "<html" in alone.content.decode()
    assert client.get(reverse("staff:service_card", args=["no-such"])).status_code == 404


@pytest.mark.django_db
def test_a_slice_narrows_every_figure_and_goes_along(client: Client, cast: Cast, desks: dict[str, Queue]) -> None:
    client.force_login(cast.alice)
    sam = {"agent": str(cast.sam.pk)}
    assert card(client, "tiles", **sam)["tiles"][0].said == "1.5 h"
    assert f"agent={cast.sam.pk}" in card(client, "tiles", **sam)["tiles"][0].href
    assert card(client, "hours", tag="=late")["figure"].n == 3
    assert card(client, "hours", channel="chat")["figure"].n == 6
    assert card(client, "tiles", agent="none")["tiles"][4].said == "1"
    assert card(client, "tiles", queue="no such queue")["tiles"][4].said == "0"
    page = client.get(reverse("staff:metric", args=["tickets_opened"]), {"period": "month", **sam})
    assert (page.context["said"], page.context["rows"]["count"]) == ("1", 1)
    assert [one.text for one in page.context["chips"]] == ["Agent: Sam Castro"]
    choices = {one.name: one for one in client.get(reverse("staff:service"), sam).context["choices"]}
    assert choices["agent"].chosen == str(cast.sam.pk)
    assert choices["tag"].options == []  # Sam's ticket has none
    ben = {"agent": str(cast.ben.pk)}
    tags = {one.name: one for one in client.get(reverse("staff:service"), ben).context["choices"]}["tag"]
    assert tags.options == [("=late", "=late")]


@pytest.mark.django_db
def test_everybody_side_by_side_sorted_by_any_figure(client: Client, cast: Cast, desks: dict[str, Queue]) -> None:
    client.force_login(cast.alice)

    def names(**query: str) -> list[str]:
        shown = client.get(reverse("staff:service_card", args=["parts"]), query, headers=HTMX).context["parts"]
        return [str(row.cells[0]).split(">")[1].split("<")[0] for row in shown["table"].rows]

    assert set(names()) == {"Ben Okafor", "Nobody&#x27;s", "Sam Castro"}
    assert names(sort="-first_response")[:2] == ["Sam Castro", "Ben Okafor"]
    assert names(sort="first_response")[:2] == ["Ben Okafor", "Sam Castro"]
    assert names(sort="name", by="queue") == ["Orders", "Returns"]
    assert names(by="channel") == ["Chat"]
    assert names(by="tag") == ["=late"]


@pytest.mark.django_db
def test_figures_are_of_tickets_within_reach_alone(client: Client, cast: Cast, desks: dict[str, Queue]) -> None:
    def opened(user: User) -> float | None:
        return queries.figures(["tickets_opened"], trend=False, actor=actor(user))[0].value

    def seen(user: User) -> set[str]:
        return {part.key for part in desk.parts("agent", desk.Asked(None, None, actor=actor(user)))}

    ben, sam = str(cast.ben.pk), str(cast.sam.pk)
    assert (opened(cast.ben), seen(cast.ben)) == (6, {ben, sam, ""})
    reaching(cast.ben, "team")
    assert (opened(cast.ben), seen(cast.ben)) == (5, {ben, ""})
    assert (opened(cast.bea), seen(cast.bea)) == (5, {ben, ""})
    assert (opened(cast.sam), seen(cast.sam)) == (2, {sam, ""})
    Queue.objects.filter(name="Returns").update(private_since=NOW)
    assert seen(cast.bea) == {ben}
    assert seen(cast.sam) == {sam, ""}
    reaching(cast.ben, "own")
    assert (opened(cast.ben), seen(cast.ben)) == (4, {ben})
    assert (opened(cast.bea), seen(cast.bea)) == (0, set())
    client.force_login(cast.bea)
    assert card(client, "hours")["heat"] is None
    choices = {one.name: one for one in client.get(reverse("staff:service")).context["choices"]}
    assert [value for value, _label in choices["agent"].options] == [str(cast.bea.pk), "none"]
    assert card(client, "tiles", agent=sam)["tiles"][4].said == "0"


@pytest.mark.django_db
def test_it_takes_the_rights_to_figures_and_to_tickets(client: Client, cast: Cast, home: Path) -> None:
    for grants in ({"insight.view": "all"}, {"service.view": "all"}):
        cast.carla.role.grants = grants
        cast.carla.role.save()
        client.force_login(cast.carla)
        for name, args in (("service", ()), ("service_card", ("tiles",)), ("service_csv", ("figures",))):
            assert client.get(reverse(f"staff:{name}", args=args)).status_code == 403
    assert not EventRecord.objects.filter(type="team.list_exported").exists()


@pytest.mark.django_db
def test_reports_are_files_on_record_and_harmless_in_spreadsheets(
    client: Client, cast: Cast, desks: dict[str, Queue]
) -> None:
    client.force_login(cast.alice)
    assert rows(client, report="tag")[1][:2] == ["'=late", "3.0"]
    assert ["Orders", "4.0"] in [row[:2] for row in rows(client, report="queue")]
    days = {row[0]: row[1:] for row in rows(client, report="days", period="week")}
    assert len(days) == 8
    assert days["2026-11-20"] == ["1", "1"]
    assert rows(client, report="hours")[0][11] == "10:00"
    assert [row[1] for row in rows(client, report="backlog")] == ["Tickets", "0", "0", "0", "2", "0"]
    assert rows(client, report="channels")[1][:2] == ["Chat", "4"]
    figures = {row[0]: row for row in rows(client, report="figures", queue=str(desks["orders"].pk))}
    assert figures["First response"][1:4] == ["20.0", "minutes", "3"]
    assert client.get(reverse("staff:service_csv", args=["no-such"])).status_code == 404
    told = EventRecord.objects.filter(type="team.list_exported").order_by("at", "id")
    assert [one.data["name"] for one in told][:2] == ["service-tag", "service-queue"]
    assert told.last().data["condition"] == f'queue = "{desks["orders"].pk}"'  # type: ignore[union-attr]


@pytest.mark.django_db
def test_the_database_and_the_lake_are_asked_as_seldom_as_agreed(
    client: Client, cast: Cast, desks: dict[str, Queue], shared_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kept in (shared_home / "lake").glob("answer-*"):  # by the tests before
        kept.unlink()
    client.force_login(cast.alice)
    asked: list[str] = []
    arrow = Lake.arrow

    def counted(lake: Lake, expression: Any) -> Any:
        asked.append("")
        return arrow(lake, expression)

    monkeypatch.setattr(Lake, "arrow", counted)
    with CaptureQueriesContext(connection) as page:
        client.get(reverse("staff:service"))
    assert len(page) <= PAGE_QUERIES
    asked.clear()
    card(client, "tiles")
    assert len(asked) <= 23, "the figures that matter most, and their trends"
    asked.clear()
    for one in CARDS:
        card(client, one.name)
    assert len(asked) <= 20, "the other figures, days, ages, channels"
    asked.clear()
    for one in CARDS:
        with CaptureQueriesContext(connection) as found:
            card(client, one.name)
        assert len(found) <= CARD_QUERIES, one.name
    assert not asked
    client.get(reverse("staff:service_card", args=["parts"]), headers=HTMX)
    assert len(asked) <= 2 * len(desk.COLUMNS)
    asked.clear()
    client.get(reverse("staff:service"), {"whole": "1"})
    assert not asked


def test_days_are_folded_into_weeks_and_months() -> None:
    end = NOW.date()
    known = [desk.Day(end - timedelta(days=500), 1, 0), desk.Day(end - timedelta(days=1), 2, 3)]
    daily = steps(known, end - timedelta(days=7), end)
    assert [(step.opened, step.solved) for step in daily] == [(0, 0)] * 6 + [(2, 3)]
    weekly = steps(known, end - timedelta(days=91), end)
    assert {step.start.weekday() for step in weekly[1:]} == {0}
    assert weekly[-1].end == end
    monthly = steps(known, None, end)
    assert sum(step.opened for step in monthly) == 3
    assert monthly[0].start == known[0].on
    assert all(step.start.day == 1 for step in monthly[1:])
    assert steps([], None, end) == []
