"""From the database to scores, reasons, actions and kept figures, all the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from rapport.commerce.models import Order
from rapport.customers.models import Customer
from rapport.insight import actions, dashboards, explanations, queries, upkeep
from rapport.insight.elements.back_test import back_test
from rapport.insight.elements.catalogue import ELEMENTS
from rapport.insight.lake import manifest, reader
from rapport.insight.models import BackTest, LakeState, Score
from rapport.insight.services import kinds, rules, targets
from rapport.insight.upkeep import LEAST_PAUSE, bring_up_to_date
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.permissions import Forbidden
from rapport.promises.services import promises
from rapport.team.models import Organisation, Role, User
from rapport.testing.builders import answer, customer, order, promise
from rapport.testing.cast import Cast, actor, user

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)
PREPARE, BACK_TEST = upkeep._prepare, back_test


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    lake = tmp_path / "lake"
    monkeypatch.setattr(settings, "HOME", SimpleNamespace(lake=lake))
    monkeypatch.setattr(upkeep, "_prepare", lambda _firm: None)
    monkeypatch.setattr(upkeep, "back_test", lambda _scope, _at: [])
    with clock.frozen(NOW):
        yield lake
    reader.close()


@pytest.fixture
def whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the scores their back-test and the dashboard are worked out, as always but in tests of the scores alone."""
    monkeypatch.setattr(upkeep, "_prepare", PREPARE)
    monkeypatch.setattr(upkeep, "back_test", BACK_TEST)


@pytest.fixture
def ana(cast: Cast) -> Customer:
    found = customer("Ana Lima", email="ana@example.com")
    for days in (100, 60, 20):
        order(found, placed_at=NOW - timedelta(days=days))
    with clock.frozen(NOW - timedelta(days=3)):
        kept = promise(found, "Send the invoice", due_on=date(2024, 5, 13))
        promises.fulfil(kept, by=SYSTEM)
    return found


def test_scores_are_worked_out_with_their_reasons(cast: Cast, ana: Customer) -> None:
    _done, scored = bring_up_to_date(now=True)
    score = Score.objects.get(customer=ana)
    by_name = {one.name: one for one in explanations.explain(ana, actor(cast.mona))}

    assert scored
    assert (scored.added, scored.changed) == (1, 0)
    assert score.trust == 100
    assert score.respect is None
    assert score.kind
    assert score.stage == "post_purchase"
    assert score.usual_days == 40
    assert list(by_name) == list(ELEMENTS)
    assert by_name["trust"].value == 100
    assert [(one.name, one.n) for one in by_name["trust"].measures] == [("trust.promises_kept", 1)]
    assert by_name["respect"].measures == ()
    assert "Consent respected" in by_name["respect"].missing


def test_the_rows_behind_a_measure(cast: Cast, ana: Customer) -> None:
    bring_up_to_date(now=True)
    mona = actor(cast.mona)
    kept = explanations.rows_of(ana, "trust.promises_kept", mona)
    bought = explanations.rows_of(ana, "loyalty.frequency", mona)

    assert [(row.text, row.good) for row in kept] == [("Send the invoice: Kept", True)]
    assert [row.id for row in bought] == list(Order.objects.order_by("-placed_at").values_list("pk", flat=True))


def test_who_may_not_see_insight_gets_no_reasons(cast: Cast, ana: Customer) -> None:
    nobody = actor(hire_reader_without_insight())

    with pytest.raises(Forbidden):
        explanations.explain(ana, nobody)
    with pytest.raises(Forbidden):
        queries.figures(["orders"], actor=nobody)


def hire_reader_without_insight() -> User:
    Role.objects.create(key="packer", name="Packer", grants={"commerce.view": "all"})
    return user("Paul Packer", "packer")


def test_only_what_changed_is_written_again(cast: Cast, ana: Customer) -> None:
    bring_up_to_date(now=True)
    _done, again = bring_up_to_date(now=True)
    order(ana, placed_at=NOW - timedelta(days=1))
    _done, after = bring_up_to_date(now=True)

    assert again
    assert (again.added, again.changed) == (0, 0)
    assert after
    assert (after.added, after.changed) == (0, 1)
    assert Score.objects.get(customer=ana).evidence > 0


def test_scores_wait_for_a_change_and_for_some_time(cast: Cast, ana: Customer) -> None:
    assert bring_up_to_date()[1]
    assert bring_up_to_date()[1] is None
    order(ana, placed_at=NOW)
    assert bring_up_to_date()[1] is None
    with clock.frozen(NOW + LEAST_PAUSE + timedelta(minutes=30)):
        assert bring_up_to_date()[1]
        assert LakeState.objects.get().changed_at is None


def test_what_somebody_chose_stays(cast: Cast, ana: Customer) -> None:
    kinds.choose_kind(ana, kind="advisory", by=actor(cast.mona))
    bring_up_to_date(now=True)

    assert Score.objects.get(customer=ana).kind_override == "advisory"
    assert Score.objects.get(customer=ana).trust == 100


def test_customers_in_the_trash_are_left_out(cast: Cast, ana: Customer) -> None:
    other = customer("Otto")
    Customer.objects.filter(pk=other.pk).update(deleted_at=NOW)
    bring_up_to_date(now=True)

    assert list(Score.objects.values_list("customer", flat=True)) == [ana.pk]


def test_figures_are_kept_until_the_lake_changes(cast: Cast, ana: Customer, home: Path, whole: None) -> None:
    bring_up_to_date(now=True)
    assert set(BackTest.objects.values_list("outcome", "on")) == {
        (outcome, date(2024, 3, 26)) for outcome in BackTest.Outcome.values
    }
    mona = actor(cast.mona)
    first = dashboards.owner(actor=mona)
    kept = set(home.glob("answer-*.json"))
    again = dashboards.owner(actor=mona)
    targets.set_target("orders", 5, by=mona)

    assert first["orders"].value == 3
    assert again == first
    assert set(home.glob("answer-*.json")) == kept
    assert dashboards.owner(actor=mona)["orders"].target == 5
    order(ana, placed_at=NOW)
    bring_up_to_date(now=True)
    assert dashboards.owner(actor=mona)["orders"].value == 4
    assert not kept & set(home.glob("answer-*.json"))


def test_a_segment_narrows_a_figure_and_names_the_rows(cast: Cast, ana: Customer) -> None:
    order(customer("Otto"), placed_at=NOW)
    bring_up_to_date(now=True)
    mona = actor(cast.mona)

    assert queries.figure("orders", actor=mona).value == 4
    assert queries.figure("orders", segment='name contains "Ana"', actor=mona).value == 3
    noun, ids = queries.rows_behind("orders", segment='name contains "Ana"', actor=mona)
    assert noun == "commerce.order"
    assert set(ids) == set(Order.objects.filter(customer=ana).values_list("pk", flat=True))


def test_my_customers_are_others_for_somebody_else(cast: Cast, ana: Customer) -> None:
    order(customer("Otto", owner=cast.alice), placed_at=NOW)
    order(customer("Olga", owner=cast.alice), placed_at=NOW)
    order(customer("Paul", owner=cast.mona), placed_at=NOW)
    bring_up_to_date(now=True)

    asked = [
        queries.figure("active_customers", segment="owner = me", actor=actor(who)).value
        for who in (cast.alice, cast.mona, cast.alice)
    ]
    assert asked == [2, 1, 2]


def test_changed_weights_change_the_index(cast: Cast, ana: Customer) -> None:
    bring_up_to_date(now=True)
    before = Score.objects.get(customer=ana)
    for element in ELEMENTS:
        if element != "trust":
            rules.set_weight(element, 0, by=actor(cast.mona))
    bring_up_to_date(now=True)

    assert before.index != 100
    assert Score.objects.get(customer=ana).index == 100


def test_sample_data_alone_is_seen_from_its_last_day(cast: Cast, ana: Customer) -> None:
    Organisation.objects.update(sample_since=NOW)
    assert queries.present_day() == date(2024, 5, 15)
    Order.objects.update(sample=True)
    assert queries.present_day() == (NOW - timedelta(days=20)).date()


def test_actions_say_why_and_what_they_move(cast: Cast, ana: Customer) -> None:
    promise(ana, "Send a catalogue", due_on=date(2024, 5, 16))
    answer(ana, 1, text="Arrived broken", answered_at=NOW - timedelta(days=2))
    bring_up_to_date(now=True)
    found = actions.for_customer(ana, actor(cast.mona))

    assert [one.rule for one in found] == ["unanswered_complaint", "promise_due"]
    assert found[0].way == "reactive"
    assert "csat" in found[0].moves
    assert [(row.pk, one.rule) for row, one in actions.for_firm(actor(cast.mona))] == [(ana.pk, "unanswered_complaint")]


def test_the_lake_says_as_of_when_without_being_opened(cast: Cast, ana: Customer, home: Path) -> None:
    assert queries.lake_as_of() is None
    bring_up_to_date(now=True)

    assert queries.lake_as_of() == NOW
    assert manifest.current(home)[1] == NOW
