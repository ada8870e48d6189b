"""A phone number is the same however it is written; the fast path answers what the library answers."""

from __future__ import annotations

import json
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import SUPPORTED_REGIONS, NumberParseException

from rapport.customers.identities import BadIdentity, phone, phone_plans, phones_same

_VECTORS = Path(__file__).parents[5] / "shared/vectors/identity-dedupe/cases.json"


@pytest.mark.parametrize(
    ("written", "country", "e164", "match_key", "extension"),
    [
        ("+1 (415) 555-2671", None, "+14155552671", "14155552671", ""),
        ("(415) 555-2671", "US", "+14155552671", "14155552671", ""),
        ("0171 1234567", "DE", "+491711234567", "491711234567", ""),
        ("+44 (0)20 7946 0958", "US", "+442079460958", "442079460958", ""),
        ("0044 20 7946 0958", "DE", "+442079460958", "442079460958", ""),
        ("06 1234 5678", "IT", "+390612345678", "390612345678", ""),
        ("919876543210", "IN", "+919876543210", "919876543210", ""),
        ("919876543210", "US", "+919876543210", "919876543210", ""),
        ("+55 11 98765-4321", None, "+5511987654321", "551187654321", ""),
        ("+55 11 8765-4321", None, "+551187654321", "551187654321", ""),
        ("+52 1 55 1234 5678", None, "+525512345678", "525512345678", ""),
        ("5215512345678", "MX", "+525512345678", "525512345678", ""),
        ("044 55 1234 5678", "MX", "+525512345678", "525512345678", ""),
        ("+54 9 11 2345 6789", None, "+5491123456789", "541123456789", ""),
        ("011 15-2345-6789", "AR", "+5491123456789", "541123456789", ""),
        ("+1 415 555 2671 ext. 5", None, "+14155552671", "14155552671", "5"),
        ("'+4915112345678", None, "+4915112345678", "4915112345678", ""),
        ("4155552671.0", "US", "+14155552671", "14155552671", ""),
        ("\uff0b\uff14\uff19 151 12345678", None, "+4915112345678", "4915112345678", ""),
    ],
)
def test_writes_a_number_one_way(written: str, country: str | None, e164: str, match_key: str, extension: str) -> None:
    normal = phone(written, country)
    assert (normal.value, normal.match_key, normal.extension) == (e164, match_key, extension)


@pytest.mark.parametrize(
    ("written", "country", "code"),
    [
        ("hello", "US", "phone"),
        ("", "US", "phone"),
        ("4.9E+12", "DE", "phone-spreadsheet"),
        ("4,91511E+12", "DE", "phone-spreadsheet"),
        ("4155552671", None, "phone-country"),
        ("+999 123 456", "US", "phone-country"),
        ("5552671", "US", "phone-length"),
        ("112", "DE", "phone-length"),
        ("+49 1511 2345678901234", None, "phone-length"),
    ],
)
def test_refuses_what_cannot_be_dialled(written: str, country: str | None, code: str) -> None:
    with pytest.raises(BadIdentity) as refused:
        phone(written, country)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("a", "b", "country", "same"),
    [
        ("+5511 98765-4321", "11 8765-4321", "BR", True),
        ("+5511 92765-4321", "+5511 2765-4321", "BR", False),
        ("+52 1 55 1234 5678", "55 1234 5678", "MX", True),
        ("919876543210", "+919876543210", None, True),
        ("9876543210", "+919876543210", None, True),
        ("9876543211", "+919876543210", None, False),
        ("+1 415 555 2671 x5", "+1 415 555 2671 x6", "US", False),
        ("+1 415 555 2671 x5", "+1 415 555 2671", "US", True),
        ("hello", "hello", "US", False),
    ],
)
def test_tells_whether_two_numbers_are_one(a: str, b: str, country: str | None, same: bool) -> None:
    assert phones_same(a, b, country) is same
    assert phones_same(b, a, country) is same


def test_tells_the_published_pairs_apart() -> None:
    if not _VECTORS.exists():
        pytest.skip("the shared vectors are not on this machine")
    cases = json.loads(_VECTORS.read_text())
    for case in cases["same_phone"] + cases["same_phone_by_channel_variant"]:
        assert phones_same(case["a"], case["b"], case["region"]) is case["same"], case


def _library(value: str, region: str | None) -> tuple[str, str, bool] | None:
    try:
        number = phonenumbers.parse(value, region)
    except NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    possible = reason == phonenumbers.ValidationResult.IS_POSSIBLE
    return str(number.country_code), phonenumbers.national_significant_number(number), possible


_REGIONS = sorted(SUPPORTED_REGIONS)
_DIGITS = st.text("0123456789", min_size=1, max_size=16)


def _examples(region: str) -> list[str]:
    found = (phonenumbers.example_number_for_type(region, kind) for kind in phonenumbers.PhoneNumberType.values())
    return sorted({phonenumbers.national_significant_number(number) for number in found if number})


@st.composite
def written_numbers(draw: st.DrawFn) -> tuple[str, str | None]:
    """Numbers as people write them: any country's, with plus, prefix, punctuation, or wrong digits."""
    home, origin = draw(st.sampled_from(_REGIONS)), draw(st.sampled_from(_REGIONS))
    digits = draw(st.sampled_from(_examples(origin)) | _DIGITS)
    if draw(st.booleans()):
        digits = digits[:-3] + draw(st.text("0123456789", min_size=3, max_size=4))
    code = str(phonenumbers.country_code_for_region(origin))
    front = draw(
        st.sampled_from(["", "", "+" + code, code, "00" + code, "0", "8", "15", "+", "011" + code, "0" + code])
    )
    gap = draw(st.sampled_from(["", " ", "-", ".", "/", ") ", "("]))
    middle = len(digits) // 2
    value = draw(st.sampled_from(["", "(", " "])) + front + gap + digits[:middle] + gap + digits[middle:]
    return value, draw(st.sampled_from([home, origin, origin, None]))


@settings(max_examples=1500, deadline=None)
@given(written=written_numbers())
@example(written=("91987654321", "IN"))
@example(written=("1 415 555 2671", "US"))
@example(written=("8 912 345 67 89", "RU"))
@example(written=("0 11 15 2345 6789", "AR"))
def test_fast_path_answers_what_the_library_answers(written: tuple[str, str | None]) -> None:
    value, region = written
    fast = phone_plans.national(value, region)
    if fast is not None:
        assert tuple(fast) == _library(value, region)


def test_fast_path_takes_the_ordinary_numbers_of_every_country() -> None:
    missed = [
        (region, digits)
        for region in _REGIONS
        for digits in _examples(region)
        if len(digits) > 3
        and phone_plans.national(f"+{phonenumbers.country_code_for_region(region)} {digits}", None) is None
    ]
    assert missed == []
