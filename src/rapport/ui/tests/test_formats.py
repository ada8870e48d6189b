"""Numbers, money and times as the reader writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel import clock
from rapport.kernel.money import Money, Price
from rapport.ui import formats

NOW = datetime(2026, 11, 22, 9, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(16402, None, "16,402"), (1234.567, None, "1,234.57"), (5, 1, "5.0"), (-3, None, "−3"), (None, None, "–")],
)
def test_a_number_is_grouped(value: float | None, digits: int | None, text: str) -> None:
    assert formats.number(value, digits) == text


@pytest.mark.parametrize(
    ("language", "number", "share", "amount", "when"),
    [
        ("en", "16,402.5", "65.58%", "£4,812.30", "30 Nov, 09:12"),
        ("de", "16.402,5", "65,58 %", "4.812,30 £", "30. Nov., 09:12"),
        ("pt", "16.402,5", "65,58%", "£ 4.812,30", "30 de nov., 09:12"),
        ("fr", "16 402,5", "65,58 %", "4 812,30 £GB", "30 nov., 09:12"),
        ("es", "16.402,5", "65,58 %", "4.812,30 GBP", "30 nov, 9:12"),
    ],
)
def test_each_language_writes_its_own_way(language: str, number: str, share: str, amount: str, when: str) -> None:
    at = datetime(2026, 11, 30, 9, 12, tzinfo=UTC)
    with translation.override(language), clock.frozen(NOW):
        written = [formats.number(16402.5), formats.percent(0.6558, 2), formats.money(Money(481230, "GBP"))]
        assert [text.replace("\xa0", " ").replace("\u202f", " ") for text in written] == [number, share, amount]
        assert formats.moment(at) == when


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (Money(481230, "GBP"), "whole", "£4,812"),
        (Money(481230, "GBP"), "short", "£4,812"),
        (Money(731_000_042, "GBP"), "short", "£7.31M"),
        (Money(1_640_200, "GBP"), "short", "£16.4K"),
        (Money(-4210, "GBP"), "", "−£42.10"),
        (Money(4210, "JPY"), "", "JP¥4,210"),
        (Price(Decimal("0.1"), "GBP"), "", "£0.001"),
        (Price(Decimal("1250.0000"), "GBP"), "", "£12.50"),
        (None, "", "–"),
    ],
)
def test_money_is_exact_whole_or_short(value: Money | Price | None, style: str, text: str) -> None:
    assert formats.money(value, style) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.25, "+1.25"), (-2, "−2"), (0, "0"), (None, "–"), (Decimal("0.5"), "+0.5")]
)
def test_a_change_has_its_sign(value: float | None, text: str) -> None:
    assert formats.signed(value) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=20), "20m ago"),
        (timedelta(hours=2), "2h ago"),
        (timedelta(days=74), "74d ago"),
        (timedelta(days=240), "8mo ago"),
        (timedelta(days=900), "2y ago"),
        (timedelta(hours=-3), "in 3h"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(before: timedelta, text: str) -> None:
    with clock.frozen(NOW):
        assert formats.ago(NOW - before) == text


def test_a_plain_day_is_counted_in_days_of_the_readers_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with clock.frozen(late), timezone.override(ZoneInfo("Asia/Tokyo")):
        assert formats.ago(date(2026, 11, 23)) == "today"
        assert formats.ago(date(2026, 11, 22)) == "1d ago"


def test_a_moment_of_today_is_its_hour_in_the_readers_zone() -> None:
    with clock.frozen(NOW), timezone.override(ZoneInfo("America/Sao_Paulo")):
        assert formats.moment(datetime(2026, 11, 22, 8, 5, tzinfo=UTC)) == "05:05"
        assert formats.moment(datetime(2026, 11, 22, 2, 5, tzinfo=UTC)) == "21 Nov, 23:05"


def test_a_day_of_another_year_says_its_year() -> None:
    with clock.frozen(NOW):
        assert formats.day(date(2026, 11, 30)) == "30 Nov"
        assert formats.day(date(2026, 11, 30), "week") == "Mon 30 Nov"
        assert formats.day(date(2011, 12, 9)) == "9 Dec 2011"
        assert formats.day(date(2011, 12, 9), "full") == "Friday, 9 December 2011"


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_a_grouped_whole_number_reads_back(value: int) -> None:
    assert int(formats.number(value).replace(",", "").replace("−", "-")) == value


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_a_compact_number_is_short(value: int) -> None:
    assert len(formats.compact(value)) <= 7


def test_labels_inside_a_sentence_are_small_but_for_german_nouns() -> None:
    assert [formats.inside(label) for label in ("Last message", "CSAT score", "")] == ["last message", "CSAT score", ""]
    with translation.override("de"):
        assert formats.inside("Letzte Nachricht") == "Letzte Nachricht"
