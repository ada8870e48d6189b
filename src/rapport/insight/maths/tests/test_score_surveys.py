"""NPS, CSAT, CES and CLI from answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths import scores
from rapport.insight.maths.intervals import Interval
from rapport.insight.maths.refusals import WrongScale
from rapport.insight.maths.scores import Effort
from rapport.insight.maths.tests.published import ABSENT, survey_cases


def ends(interval: Interval | None) -> tuple[float, float]:
    assert interval
    return interval.low, interval.high


@pytest.mark.parametrize("case", survey_cases("nps"))
def test_nps_of_the_published_cases(case: dict[str, Any]) -> None:
    if case["n"] == 0:
        assert scores.nps([]).points is None
        return
    given_answers = [10] * case["promoters"] + [7] * case["passives"] + [3] * case["detractors"]
    nps = scores.nps(given_answers)
    assert (nps.n, nps.promoters, nps.passives, nps.detractors) == (
        case["n"],
        case["promoters"],
        case["passives"],
        case["detractors"],
    )
    assert nps.points == pytest.approx(case["nps"], abs=1e-6)
    assert nps.variance == pytest.approx(case["variance"], abs=1e-6)
    assert nps.error == pytest.approx(case["se"], abs=1e-6)
    assert nps.margin == pytest.approx(case["moe95"], abs=1e-6)
    assert ends(nps.wald) == pytest.approx(case["wald95"], abs=1e-5)
    assert ends(nps.interval) == pytest.approx(case["adjusted_wald95"], abs=1e-5)


@pytest.mark.parametrize("case", survey_cases("csat"))
def test_csat_of_the_published_cases(case: dict[str, Any]) -> None:
    csat = scores.csat(case["responses"], case["scale"])
    assert csat.percent == pytest.approx(case["top2box"], abs=1e-6)
    assert csat.mean == pytest.approx(case["mean"], abs=1e-6)


@pytest.mark.parametrize("case", survey_cases("ces"))
def test_ces_of_the_published_cases(case: dict[str, Any]) -> None:
    ces = scores.ces(case["responses"], Effort(case["version"]))
    assert ces.version.points == case["scale"]
    assert ces.mean == pytest.approx(case["mean"])
    assert ces.easy == case["pct_easy_5_7"]


@pytest.mark.parametrize("case", survey_cases("cli"))
def test_cli_of_the_published_cases(case: dict[str, Any]) -> None:
    answers = case["answers"]
    row = (answers["recommend"], answers["repurchase"], answers["try_other"])
    assert scores.cli([row], scores.SIX_BEST).raw == case["cli_raw"]


def test_the_skip_of_absent_vectors_says_why() -> None:
    assert "not beside the repository" in ABSENT


def test_nps_of_every_answer_once() -> None:
    nps = scores.nps(range(11))
    assert (nps.promoters, nps.passives, nps.detractors) == (2, 2, 7)
    assert nps.points == pytest.approx(-45.454545, abs=1e-6)


def test_nps_of_one_promoter_is_100_with_a_wide_interval() -> None:
    nps = scores.nps([9])
    assert nps.points == 100
    assert nps.wald == Interval(100, 100)
    assert ends(nps.interval) == pytest.approx((-48.498649, 98.498649), abs=1e-5)


def test_nps_of_ten_detractors_is_not_cut_off() -> None:
    nps = scores.nps([0] * 10)
    assert nps.points == -100
    assert ends(nps.interval) == pytest.approx((-106.342602, -47.503552), abs=1e-5)


def test_nps_of_as_many_promoters_as_detractors_is_plain_zero() -> None:
    assert str(scores.nps([10, 0]).points) == "0.0"


def test_nps_leaves_out_who_did_not_answer() -> None:
    nps = scores.nps([10, None, 10, 8, 2, None])
    assert (nps.n, nps.unanswered, nps.points) == (4, 2, 25.0)


@pytest.mark.parametrize("scale", [(1, 10), (0, 5), (1, 5)])
def test_nps_refuses_another_scale(scale: tuple[int, int]) -> None:
    with pytest.raises(WrongScale, match="0–10"):
        scores.nps([9, 10], scale)


@pytest.mark.parametrize("answer", [11, -1, 7.5])
def test_nps_refuses_an_answer_off_its_scale(answer: float) -> None:
    with pytest.raises(WrongScale, match="whole number from 0 to 10"):
        scores.nps([9, answer])


@settings(deadline=None)
@given(st.lists(st.integers(0, 10), min_size=1, max_size=200))
def test_nps_counts_everybody_once_and_stays_in_range(answers: list[int]) -> None:
    nps = scores.nps(answers)
    assert nps.promoters + nps.passives + nps.detractors == len(answers)
    assert nps.points is not None
    assert -100 <= nps.points <= 100
    mirrored = scores.nps_of(nps.detractors, nps.passives, nps.promoters)
    assert mirrored.points == pytest.approx(-nps.points)


def test_csat_on_seven_points_counts_six_and_seven() -> None:
    csat = scores.csat([7, 6, 5, 4], 7)
    assert (csat.positive_min, csat.positive, csat.percent, csat.mean) == (6, 2, 50, 5.5)


def test_csat_has_wilsons_interval_in_percent() -> None:
    csat = scores.csat([5, 5, 4, 4, 4, 3])
    assert csat.percent == pytest.approx(83.333333, abs=1e-6)
    assert ends(csat.interval) == pytest.approx((43.649718, 96.994663), abs=1e-5)


def test_csat_counts_from_what_the_question_says() -> None:
    assert scores.csat([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 10, positive_min=9).percent == 20


def test_csat_leaves_out_who_did_not_answer() -> None:
    csat = scores.csat([5, None, 1])
    assert (csat.n, csat.unanswered, csat.percent) == (2, 1, 50)


def test_csat_of_nothing_is_none() -> None:
    csat = scores.csat([None])
    assert (csat.n, csat.percent, csat.mean, csat.interval) == (0, None, None, None)


def test_csat_refuses_a_scale_without_a_rule() -> None:
    with pytest.raises(WrongScale, match="1–10"):
        scores.csat([9], 10)


def test_csat_refuses_mixed_scales() -> None:
    with pytest.raises(WrongScale):
        scores.csat([5, 7], 5)


def test_ces_two_is_good_when_high() -> None:
    ces = scores.ces([7, 7, 6, 5], Effort.V2)
    assert (ces.high_is_good, ces.mean, ces.easy) == (True, 6.25, 100)
    assert ends(ces.interval) == pytest.approx((4.726520, 7.773480), abs=1e-5)


def test_ces_one_is_good_when_low_and_has_no_easy_share() -> None:
    ces = scores.ces([1, 2, 2], Effort.V1)
    assert (ces.high_is_good, ces.easy) == (False, None)
    assert ces.mean == pytest.approx(5 / 3)


def test_ces_one_refuses_an_answer_of_ces_two() -> None:
    with pytest.raises(WrongScale, match="from 1 to 5"):
        scores.ces([3, 7], Effort.V1)


def test_ces_of_nothing_is_none() -> None:
    assert scores.ces([], Effort.V2).mean is None


def test_cli_maps_each_answer_to_a_hundred() -> None:
    cli = scores.cli([(1, 1, 1), (1, 2, 6)], scores.DEFINITELY_YES_FIRST)
    assert cli.n == 2
    assert cli.index == pytest.approx(80)
    assert cli.parts == (100, 90, 50)


def test_cli_on_a_scale_of_ten() -> None:
    cli = scores.cli([(6, 7, 8)], scores.TEN_BEST)
    assert (cli.index, cli.raw, cli.interval) == (70, 7, None)


def test_cli_needs_all_three_answers() -> None:
    cli = scores.cli([(1, None, 2), (1, 2), (1, 1, 1)], scores.DEFINITELY_YES_FIRST)
    assert (cli.n, cli.incomplete, cli.index) == (1, 2, 100)


def test_cli_of_nobody_is_none() -> None:
    cli = scores.cli([(1, 2, None)], scores.SIX_BEST)
    assert (cli.n, cli.incomplete, cli.index) == (0, 1, None)


def test_cli_refuses_an_answer_without_a_place() -> None:
    with pytest.raises(WrongScale, match="answer 7"):
        scores.cli([(1, 2, 7)], scores.SIX_BEST)


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.integers(1, 6)] * 3), min_size=2, max_size=50))
def test_cli_stays_between_0_and_100_inside_its_interval(rows: list[tuple[int, int, int]]) -> None:
    cli = scores.cli(rows, scores.SIX_BEST)
    assert cli.index is not None
    assert cli.interval is not None
    assert 0 <= cli.index <= 100
    assert cli.interval.low - 1e-9 <= cli.index <= cli.interval.high + 1e-9


def test_answers_may_come_as_an_array_with_nan() -> None:
    assert scores.csat(np.array([5, np.nan, 4])).unanswered == 1
