"""How likely two customers are one: what speaks for it, what against it, and what says nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.customers.identities import BadIdentity, domain_key, email, external, handle, phone
from rapport.customers.twins.judging import ASKED, SIGNS, SURE, WORTH_A_WORD, judge
from rapport.customers.twins.keys import Kind, keys, kind_of
from rapport.customers.twins.portrait import Known, Portrait, mailbox
from rapport.customers.twins.spelling import skeleton

VECTORS = "shared/vectors/identity-dedupe/cases.json"
BORN = date(1990, 5, 1)


def vectors(name: str) -> list[Any]:
    """The cases of one kind; without the folder one that is skipped."""
    found = next((up / VECTORS for up in Path(__file__).parents if (up / VECTORS).exists()), None)
    if found is None:
        return [pytest.param({}, marks=pytest.mark.skip(reason="the vectors are not here"))]
    return list(json.loads(found.read_text("utf-8"))[name])


def known(kind: str, value: str, namespace: str = "", region: str = "GB") -> Known:
    form = {"email": email, "external": external, "handle": handle}
    made = phone(value, region) if kind == "phone" else form[kind](value)
    return Known(kind, namespace, made.value, made.match_key)


def person(name: str = "", *addresses: Known, **values: Any) -> Portrait:
    return Portrait(name=name, known=addresses, **values)


def firm(name: str, *addresses: Known, **values: Any) -> Portrait:
    return Portrait(kind="company", name=name, known=addresses, **values)


def share(one: Portrait, other: Portrait) -> set[Kind]:
    return {kind_of(key) for key in keys(one) & keys(other)}


def reasons(one: Portrait, other: Portrait) -> tuple[str, ...]:
    return judge(one, other).reasons


@pytest.mark.parametrize("case", [*vectors("same_phone"), *vectors("same_phone_by_channel_variant")])
def test_numbers_that_are_one_meet_and_others_do_not(case: dict[str, Any]) -> None:
    try:
        pair = [person("Ana Lima", known("phone", case[side], region=case["region"])) for side in "ab"]
    except BadIdentity:
        assert not case["same"], "a number of another country may be none at all here"
        return
    assert (Kind.PHONE in share(*pair)) is case["same"]
    assert ("phone" in reasons(*pair)) is case["same"]


@pytest.mark.parametrize("case", vectors("domain_key"))
def test_companies_meet_by_their_domain(case: dict[str, Any]) -> None:
    assert domain_key(case["input"]) == case["key"]
    site = Known("handle", "web", case["input"], case["input"])
    one, other = firm("Lima & Filhas", site), firm("Something Else", known("email", f"office@{case['key']}"))
    assert share(one, other) == {Kind.DOMAIN}
    assert "domain" in reasons(one, other)


def test_a_free_mail_provider_is_nobodys_domain() -> None:
    one, other = firm("Lima", known("email", "lima@gmail.com")), firm("Berg", known("email", "berg@gmail.com"))
    assert share(one, other) == set()
    assert judge(one, other).score == 0


def test_a_first_name_alone_never_matches() -> None:
    one, other = person("Ana", city="Porto"), person("Ana", city="Porto")
    assert share(one, other) == set()
    assert judge(one, other) == judge(person("Ana"), person("Bo"))
    assert judge(one, other).score == 0


@pytest.mark.parametrize("word", ["A1", "3M", "HP"])
def test_a_first_word_of_less_than_three_letters_never_matches_its_companies(word: str) -> None:
    one, other = firm(f"{word} Taxi", city="Wien"), firm(f"{word} Telekom", city="Wien")
    assert share(one, other) == set()
    assert "firm_begins" not in reasons(one, other)


def test_a_longer_first_word_says_a_little() -> None:
    one, other = firm("Lantern Lighting", city="Leeds"), firm("Lantern Group Ltd", city="Leeds")
    assert Kind.FIRST_WORD in share(one, other)
    assert reasons(one, other) == ("firm_begins", "city")
    assert judge(one, other).score < ASKED


def test_the_same_full_name_with_other_addresses_is_worth_a_word_but_not_asked_about() -> None:
    one, other = person("Ana Lima", known("email", "ana@a.pt")), person("Ana Lima", known("email", "al@b.pt"))
    assert WORTH_A_WORD <= judge(one, other).score < ASKED


def test_an_address_made_of_the_name_says_no_more_than_the_name() -> None:
    one = person("Ana Lima-Castro", known("email", "ana.lima-castro@a.pt"))
    other = person("Ana Lima-Castro", known("email", "analimacastro@b.pt"))
    assert reasons(one, other) == ("name",)
    one, other = (
        person("A. Lima", known("email", "lanternlady@a.pt")),
        person("Ana", known("email", "lantern.lady@b.pt")),
    )
    assert "mail_name" not in reasons(one, other)
    assert Kind.LOCAL in share(one, other)
    full = person("Ana Lima", known("email", "lantern.lady@b.pt"))
    assert reasons(one, full) == ("mail_name", "initial")


def test_the_same_name_and_address_together_are_one_reason_each() -> None:
    one = person("Ana Lima", known("email", "ana.lima@gmail.com"))
    other = person("Lima, Ana", known("email", "analima+shop@googlemail.com"))
    verdict = judge(one, other)
    assert verdict.reasons == ("mailbox", "name")
    assert verdict.score >= SURE


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Ana Lima", "Lima Ana", "name"),
        ("Müller, Jörg", "Jorg Muller", "name"),
        ("Dr. Ana Lima", "ana LIMA", "name"),
        ("Ana Maria Lima", "Ana Lima", "middle"),
        ("Ana Lima Castro", "Ana Lima", "middle"),
        ("Bob Miller", "Robert Miller", "nickname"),
        ("Pepe García", "José Garcia", "nickname"),
        ("Hans Meyer", "Johannes Meyer", "nickname"),
        ("Pepe García", "José García Moreno", "nickname"),
        ("Ellie Whitfield", "Eleanor Whitfield", "nickname"),
        ("A. Lima", "Ana Lima", "initial"),
        ("Jon Smith", "John Smyth", "spelling"),
        ("Katrin Maier", "Kathrin Mayer", "spelling"),
        ("Eleanor Whitfeild", "Eleanor Whitfield", "spelling"),
        ("Ana Lima", "Zoe Lima", "other_name"),
        ("Ana Lima", "Ana Berg", "other_name"),
    ],
)
def test_names_are_compared(one: str, other: str, reason: str) -> None:
    number = known("phone", "+447911123456")
    assert reasons(person(one, number), person(other, number)) == tuple(
        code for code in SIGNS if code in {"phone", reason}
    )
    assert judge(person(other, number), person(one, number)) == judge(person(one, number), person(other, number))


def test_a_family_that_shares_a_telephone_is_not_asked_about() -> None:
    number, home = known("phone", "+447911123456"), {"street": "High Street 1", "postcode": "LS1 4AP", "city": "Leeds"}
    verdict = judge(person("Ana Lima", number, **home), person("Bruno Lima", number, **home))
    assert verdict.score < ASKED
    assert verdict.reasons == ("phone", "address", "other_name")


def test_other_birthdays_speak_against_it() -> None:
    one, other = person("Ana Lima", city="Porto", birthday=BORN), person("Ana Lima", city="Porto")
    later = person("Ana Lima", city="Porto", birthday=date(1962, 1, 9))
    assert judge(one, later).score < judge(one, other).score
    assert "other_birthday" in reasons(one, later)
    assert judge(one, person("Ana Lima", birthday=BORN)).score >= ASKED


def test_strangers_of_one_town_and_birthday_have_nothing_in_common() -> None:
    one, other = person("Ana Lima", city="Porto", birthday=BORN), person("Bo Berg", city="Porto", birthday=BORN)
    assert judge(one, other).score == 0


def test_a_number_of_one_shop_in_other_letters_is_the_same_number() -> None:
    one = person("Ana Lima", known("external", "ab-17", "shop"))
    other = person("A. Lima", known("external", "AB-17", "shop"))
    assert Kind.NUMBER in share(one, other)
    assert judge(one, other).score >= SURE
    elsewhere = person("A. Lima", known("external", "ab-17", "till"))
    assert Kind.NUMBER not in share(one, elsewhere)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Müller & Söhne GmbH & Co. KG", "Mueller Söhne", "firm_alike"),
        ("Müller & Söhne GmbH & Co. KG", "Muller und Sohne", "firm"),
        ("Lantern Ltd", "LANTERN LIMITED", "firm"),
        ("Lima e Filhas, S.A.", "Lima & Filhas", "firm"),
    ],
)
def test_companies_are_compared_without_their_legal_form(one: str, other: str, reason: str) -> None:
    assert reasons(firm(one), firm(other)) == (reason,)


def test_a_person_is_never_a_company() -> None:
    number = known("phone", "+447911123456")
    one, other = person("Lima Lima", number), firm("Lima Lima", number)
    assert judge(one, other).score == 0
    assert keys(one).isdisjoint(keys(other))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ana.lima+shop@googlemail.com", "analima@gmail.com"),
        ("ana.lima+shop@example.com", "ana.lima@example.com"),
        ("+@example.com", "+@example.com"),
    ],
)
def test_a_mailbox_is_what_an_address_leads_to(given: str, expected: str) -> None:
    assert mailbox(given) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("meyer", "maier"), ("smith", "smyth"), ("schmidt", "schmitt"), ("philipp", "filip")]
)
def test_names_that_sound_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


NAMES = st.text("abcdefgßé -.,'", max_size=24)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NAMES, NAMES, st.sampled_from(["person", "company"]), st.sampled_from(["", "Porto", "York"]))
def test_judging_is_the_same_from_both_sides_and_between_0_and_100(one: str, other: str, kind: str, city: str) -> None:
    pair = [Portrait(kind=kind, name=name, city=city) for name in (one, other)]
    verdict = judge(*pair)
    assert verdict == judge(*reversed(pair))
    assert 0 <= verdict.score <= 100
    assert (verdict.score > 0) == bool(verdict.reasons)
    assert all(-(2**63) <= key < 2**63 for one in pair for key in keys(one))
