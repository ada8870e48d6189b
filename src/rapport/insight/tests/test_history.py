"""The history of the scores: kept at the turn of a month, worked out afterwards, and told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from rapport.customers.models import Customer
from rapport.insight import explanations, upkeep
from rapport.insight.elements import history
from rapport.insight.lake import reader
from rapport.insight.models import LakeState, Score, ScorePoint
from rapport.insight.tests.lakes import ask, key, lake_of
from rapport.insight.upkeep import bring_up_to_date, look_back
from rapport.kernel import clock
from rapport.kernel.permissions import Forbidden
from rapport.team.models import Role
from rapport.testing.builders import customer, order
from rapport.testing.cast import Cast, actor, user

NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "HOME", SimpleNamespace(lake=tmp_path / "lake"))
    monkeypatch.setattr(upkeep, "_prepare", lambda _firm: None)  # the dashboard, which is not asked for
    monkeypatch.setattr(upkeep, "back_test", lambda _scope, _at: [])  # neither is this
    with clock.frozen(NOW):
        yield
    reader.close()


@pytest.fixture
def ana(cast: Cast, home: None) -> Customer:
    found = customer("Ana Lima", since=NOW - timedelta(days=200))
    for days in (100, 60, 20):
        order(found, placed_at=NOW - timedelta(days=days))
    return found


def points() -> list[tuple[date, int, int | None]]:
    return list(ScorePoint.objects.order_by("on").values_list("on", "index", "loyalty"))


@pytest.mark.django_db(transaction=True)
def test_the_turn_of_a_month_keeps_the_scores_as_they_stand(ana: Customer) -> None:
    bring_up_to_date(now=True)
    before = Score.objects.get(customer=ana)
    with clock.frozen(NOW + timedelta(days=10)):
        bring_up_to_date(now=True)
        assert points() == []
    with clock.frozen(datetime(2024, 6, 2, 12, tzinfo=UTC)):
        standing = Score.objects.get(customer=ana)
        order(ana, placed_at=datetime(2024, 6, 1, 12, tzinfo=UTC))
        bring_up_to_date(now=True)

    assert before.on == date(2024, 5, 15)
    assert standing.index is not None
    assert standing.loyalty is not None
    assert points() == [(date(2024, 5, 31), round(standing.index), round(standing.loyalty))]
    assert Score.objects.get(customer=ana).on == date(2024, 6, 2)


@pytest.mark.django_db
def test_what_did_not_change_is_not_kept_again_and_what_is_old_goes(cast: Cast) -> None:
    ana = customer("Ana Lima")
    score = Score.objects.create(customer=ana, index=61.4, trust=70, as_of=NOW)
    Score.objects.create(customer=customer("Otto"), as_of=NOW)
    kept = [history.turn(date(2024, month, 20), date(2024, month + 1, 3)) for month in (1, 2)]
    score.index = 60.6
    score.save()
    kept.append(history.turn(date(2024, 3, 20), date(2024, 4, 3)))
    score.trust = None
    score.save()
    kept.append(history.turn(date(2024, 4, 20), date(2024, 5, 3)))

    assert kept == [1, 0, 0, 1]
    assert [*ScorePoint.objects.order_by("on").values_list("on", "index", "trust")] == [
        (date(2024, 1, 31), 61, 70),
        (date(2024, 4, 30), 61, None),
    ]
    assert history.turn(None, date(2024, 5, 3)) == 0
    assert history.turn(date(2024, 5, 1), date(2024, 5, 31)) == 0
    score.index = 40
    score.save()
    assert history.turn(date(2026, 3, 30), date(2026, 4, 1)) == 1
    assert [on for on, *_ in points()] == [date(2024, 4, 30), date(2026, 3, 31)]
    history.turn(date(2028, 4, 30), date(2028, 5, 1))
    assert [on for on, *_ in points()] == [date(2026, 3, 31)]


@pytest.mark.django_db(transaction=True)
def test_months_before_the_first_scores_are_worked_out_from_what_was_known_then(ana: Customer) -> None:
    assert look_back() == 0
    bring_up_to_date(now=True)
    made = look_back()
    found = points()
    again = look_back()

    assert made == len(found) == 3
    assert [on for on, _, _ in found] == [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]
    assert again == 0
    assert LakeState.objects.get().looked_back == date(2024, 4, 30)
    with clock.frozen(NOW - timedelta(days=15)):
        bring_up_to_date(now=True)
    score = Score.objects.get(customer=ana)
    assert found[-1][1:] == (round(score.index or 0), round(score.loyalty or 0))


@pytest.mark.django_db(transaction=True)
def test_nobody_looks_back_where_scores_take_long(ana: Customer) -> None:
    bring_up_to_date(now=True)
    LakeState.objects.update(score_seconds=90.0)

    assert look_back() == 0
    assert points() == []


@pytest.mark.parametrize(
    ("last", "first", "expected"),
    [
        (None, date(2024, 3, 9), date(2024, 3, 31)),
        (None, date(2020, 3, 9), date(2023, 5, 31)),
        (date(2024, 3, 31), date(2020, 3, 9), date(2024, 4, 30)),
        (date(2019, 3, 31), date(2018, 3, 9), date(2023, 5, 31)),
        (date(2024, 4, 30), date(2020, 3, 9), None),
        (None, date(2024, 5, 2), None),
    ],
)
def test_which_month_is_next(last: date | None, first: date, expected: date | None) -> None:
    assert history.next_month(last, first, date(2024, 5, 15)) == expected


@pytest.mark.django_db
def test_the_past_of_a_customer_holds_until_it_changes(cast: Cast, home: None) -> None:
    ana, mona = customer("Ana Lima"), actor(cast.mona)
    Score.objects.create(customer=ana, index=72.4, trust=60, as_of=NOW, on=date(2024, 5, 15))
    assert explanations.past(ana, mona) == []
    assert explanations.before([]) == {}
    ScorePoint.objects.create(customer=ana, on=date(2024, 1, 31), index=50, trust=40)
    ScorePoint.objects.create(customer=ana, on=date(2024, 3, 31), index=55)
    past = explanations.past(ana, mona)

    assert [(one.on, one.values["index"], one.values["trust"]) for one in past] == [
        (date(2024, 1, 31), 50, 40),
        (date(2024, 2, 29), 50, 40),
        (date(2024, 3, 31), 55, None),
        (date(2024, 4, 30), 55, None),
        (date(2024, 5, 15), 72.4, 60),
    ]
    assert explanations.before(past)["index"] == 50
    assert explanations.before(past, days=200) == {}


@pytest.mark.django_db
def test_who_may_not_see_insight_sees_no_past(cast: Cast) -> None:
    Role.objects.create(key="packer", name="Packer", grants={"customers.view": "all"})
    with pytest.raises(Forbidden):
        explanations.past(customer("Ana Lima"), actor(user("Paul Packer", "packer")))


DAYS = st.dates(date(2022, 1, 1), date(2023, 12, 31))
VALUES = st.none() | st.integers(0, 100)
POINTS = st.lists(
    st.fixed_dictionaries({"customer_id": st.integers(1, 4).map(key), "on": DAYS, "index": VALUES, "trust": VALUES}),
    max_size=20,
    unique_by=lambda row: (row["customer_id"], row["on"]),
)


@rules(deadline=None, max_examples=20)
@given(POINTS, DAYS)
def test_the_mean_of_an_earlier_day_is_of_what_held_then(rows: list[dict[str, Any]], as_of: date) -> None:
    present = [
        {"customer_id": key(n), "on": date(2023, 6, 1), "index": 10.5 * n, "trust": None, "as_of": NOW} for n in (1, 2)
    ]
    with tempfile.TemporaryDirectory() as folder:
        lake = lake_of(Path(folder), insight_scorepoint=rows, insight_score=present)
        found = {name: ask(lake, name, as_of) for name in ("relationship", "trust")}
    # the present comes after the past: no point of the history is of the same day
    taken = {(row["customer_id"], row["on"]) for row in present}
    rows = [row for row in rows if (row["customer_id"], row["on"]) not in taken]
    for name, column in (("relationship", "index"), ("trust", "trust")):
        held = {row["customer_id"]: row[column] for row in sorted([*rows, *present], key=lambda r: r["on"])
                if row["on"] <= as_of}  # fmt: skip
        values = [value for value in held.values() if value is not None]
        assert found[name].n == len(values)
        assert found[name].value == (pytest.approx(sum(values) / len(values)) if values else None)
