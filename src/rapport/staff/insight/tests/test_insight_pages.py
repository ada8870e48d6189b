from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from rapport.insight import pictures
from rapport.insight.lake.refresh import refresh
from rapport.insight.models import Score, Target
from rapport.insight.pictures import Move
from rapport.kernel.conditions import ConditionError
from rapport.kernel.permissions import Forbidden
from rapport.staff.insight import journeys
from rapport.staff.insight.cards import CARDS
from rapport.staff.insight.tests.conftest import NOW, at_home
from rapport.team.models import SavedView
from rapport.testing.builders import answer, customer, line, order
from rapport.testing.cast import Cast, actor, hire, hired

HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def business(lasting: Callable[[], AbstractContextManager[None]], shared_home: Path) -> None:
    """A shop, and the lake with what happened in it."""
    with lasting(), at_home(shared_home):
        hire()
        _trade()
        refresh()


@pytest.fixture
def cast(db: None, business: None) -> Cast:
    """The staff of the shop."""
    return hired()


@pytest.fixture
def shop(business: None, shared_home: Path) -> Iterator[None]:
    """At home in the shop."""
    with at_home(shared_home):
        yield


def _trade() -> None:
    """Fill in 30 customers with one to three orders each over the last year, some scores and answers."""
    for number in range(30):
        row = customer(f"Customer {number:02}", country="GB" if number % 2 else "DE")
        for times in range(number % 3 + 1):
            at = NOW - timedelta(days=300 - 9 * number - 90 * times)
            order(row, line(unit_price_minor=1000 + 100 * number), placed_at=min(at, NOW - timedelta(days=1)))
        Score.objects.create(
            customer=row, index=40.0 + 2 * number, trend=1.0, trust=30.0 + number, cltv_minor=100 * number, as_of=NOW
        )
        answer(row, 5 if number % 4 else 2, answered_at=NOW - timedelta(days=number))


@pytest.mark.django_db
def test_before_the_first_refresh_every_card_says_so(client: Client, cast: Cast, home: Path) -> None:
    client.force_login(cast.alice)
    assert client.get(reverse("staff:insight")).status_code == 200
    text = client.get(reverse("staff:insight"), {"whole": "1"}).content.decode()
    assert text.count("The numbers have not been worked out yet.") == len(CARDS) - 1  # the back-test needs no lake
    assert "not been worked out" in client.get(reverse("staff:metric", args=["revenue"])).content.decode()


@pytest.mark.django_db
def test_the_dashboard_is_drawn_from_the_lake(client: Client, cast: Cast, shop: None) -> None:
    client.force_login(cast.alice)
    for card in CARDS:
        shown = client.get(reverse("staff:insight_card", args=[card.name]), headers=HTMX)
        assert shown.status_code == 200, card.name
        assert not shown.context["it"].get("problem"), card.name
        assert "<html" not in shown.content.decode()
    tiles = client.get(reverse("staff:insight_card", args=["tiles"]), headers=HTMX).context["it"]["tiles"]
    assert [(one.name, one.said) for one in tiles][:1] == [("index", "69")]
    assert "n 30" in tiles[0].note
    elements = client.get(reverse("staff:insight_card", args=["elements"]), headers=HTMX).context["it"]["elements"]
    assert [(one.label, one.value) for one in elements][:2] == [("Trust", 44.5), ("Respect", None)]


@pytest.mark.django_db
def test_a_metric_says_value_rule_interval_target_and_rows(client: Client, cast: Cast, shop: None) -> None:
    Target.objects.create(metric="repeat_purchase_rate", value=75)
    client.force_login(cast.alice)
    shown = client.get(reverse("staff:metric", args=["repeat_purchase_rate"]))
    assert (shown.context["said"], shown.context["figure"].n) == ("66.7%", 30)
    assert "target 75.0%" in shown.context["note"]
    assert " to " in shown.context["interval"]
    assert shown.context["rows"]["count"] == 10
    assert "Of the customers with at least one order in the period" in shown.content.decode()
    orders = client.get(reverse("staff:metric", args=["revenue"])).context["rows"]
    assert (orders["shown"], orders["count"]) == (25, 60)


@pytest.mark.django_db
def test_a_period_and_a_segment_are_chosen(client: Client, cast: Cast, shop: None) -> None:
    view = SavedView.objects.create(noun="customers", name="Germans", owner=cast.alice, condition='country = "DE"')
    client.force_login(cast.alice)
    page = reverse("staff:metric", args=["buyers"])
    everyone = client.get(page, {"period": "all"}).context["figure"]
    germans = client.get(page, {"period": "all", "segment": str(view.pk)}).context["figure"]
    assert (everyone.value, germans.value) == (30, 15)
    assert client.get(page, {"period": "month"}).context["figure"].span.days == 30
    assert client.get(page, {"period": "never", "segment": "x"}).context["asked"].period == "year"


@pytest.mark.django_db
def test_a_segment_that_makes_no_sense_is_told_not_raised(client: Client, cast: Cast, shop: None) -> None:
    view = SavedView.objects.create(noun="customers", name="Odd", owner=cast.alice, condition="no_such_field = 1")
    client.force_login(cast.alice)
    shown = client.get(reverse("staff:insight_card", args=["tiles"]), {"segment": str(view.pk)}, headers=HTMX)
    assert shown.status_code == 200
    assert shown.context["it"]["problem"]
    with pytest.raises(ConditionError):
        pictures.index(segment="no_such_field = 1", actor=actor(cast.alice))


@pytest.mark.django_db
def test_without_the_right_there_is_nothing_to_see(client: Client, cast: Cast, home: Path) -> None:
    cast.carla.role.grants = {"customers.view": "all"}
    cast.carla.role.save()
    client.force_login(cast.carla)
    for name, args in (("insight", ()), ("insight_card", ("tiles",)), ("metrics", ()), ("metric", ("revenue",))):
        assert client.get(reverse(f"staff:{name}", args=args)).status_code == 403
    with pytest.raises(Forbidden):
        pictures.index(actor=actor(cast.carla))


@pytest.mark.django_db
def test_what_is_not_there_is_not_found(client: Client, cast: Cast, home: Path) -> None:
    client.force_login(cast.alice)
    assert client.get(reverse("staff:metric", args=["no-such"])).status_code == 404
    assert client.get(reverse("staff:insight_card", args=["no-such"])).status_code == 404


@pytest.mark.django_db
def test_all_metrics_are_listed_with_their_definitions(client: Client, cast: Cast, home: Path) -> None:
    client.force_login(cast.alice)
    groups = client.get(reverse("staff:metrics")).context["groups"]
    assert {"revenue", "retention", "nps", "cltv_predicted"} <= {one.name for _label, found in groups for one in found}


def test_the_streams_of_the_journey_never_run_in_a_circle() -> None:
    stages = ("acquisition", "onboarding", "purchase", "post_purchase", "advocacy", "lapsed")
    edges = {journeys.ends(source, target) for source in stages for target in stages if source != target}
    places = {place for edge in edges for place in edge}
    while places:
        free = {place for place in places if not any(target == place and source in places for source, target in edges)}
        assert free, f"a circle among {places}"
        places -= free


def test_nobody_who_moved_is_no_picture() -> None:
    assert journeys.chart([]) is None
    chart = journeys.chart([Move("acquisition", "onboarding", 5, 5, 3.0), Move("onboarding", "lapsed", 2, 2, 90.0)])
    assert chart is not None
    assert chart.text == "Customers who moved: 5 from Acquisition to Onboarding, 2 from Onboarding to Lapsed."
