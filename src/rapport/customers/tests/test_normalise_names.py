"""Names of firms, people, domains and outside numbers, folded into keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rapport.customers.identities import BadIdentity, company_key, domain_key, external, handle, person_key

_VECTORS = Path(__file__).parents[5] / "shared/vectors/identity-dedupe/cases.json"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("M\u00fcller & S\u00f6hne GmbH & Co. KG", "muller sohne"),
        ("Muller und Sohne", "muller sohne"),
        ("ACME, Inc.", "acme"),
        ("Acme S.p.A.", "acme"),
        ("\u017babka Polska sp. z o.o.", "zabka polska"),
        ("Grupo Bimbo, S.A.B. de C.V.", "grupo bimbo sab de"),
        ("Cemex S.A. de C.V.", "cemex"),
        ("L'Or\u00e9al S.A.", "loreal"),
        ("\u682a\u5f0f\u4f1a\u793e\u30c8\u30e8\u30bf", "\u30c8\u30e8\u30bf"),
        ("PT Astra International Tbk", "astra international"),
        ("Novo Nordisk A/S", "novo nordisk"),
        ("Marks and Spencer plc", "marks spencer"),
        ("The Boring Company", "boring"),
        ("Company", "company"),
        ("Inc.", "inc"),
    ],
)
def test_keys_a_firm_by_its_bare_name(name: str, key: str) -> None:
    assert company_key(name) == key
    assert company_key(company_key(name)) in (key, company_key(key))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("https://example.com/path/page", "example.com"),
        ("HTTPS://EXAMPLE.COM", "example.com"),
        ("https://www.example.com", "example.com"),
        ("shop.example.co.uk:8443/a?b=c", "example.co.uk"),
        ("ana@mail.example.com.br", "example.com.br"),
        ("ana@gmail.com", ""),
        ("http://192.168.1.4/", ""),
        ("localhost", ""),
        ("", ""),
        ("m\u00fcnchen.de", "xn--mnchen-3ya.de"),
    ],
)
def test_keys_a_firm_by_its_registrable_domain(written: str, key: str) -> None:
    assert domain_key(written) == key


def test_keys_the_published_domains() -> None:
    if not _VECTORS.exists():
        pytest.skip("the shared vectors are not on this machine")
    for case in json.loads(_VECTORS.read_text())["domain_key"]:
        assert domain_key(case["input"]) == case["key"]


def test_keys_a_person_by_both_names() -> None:
    assert person_key("Ana", "Silva") == "ana silva"
    assert person_key("Silva, An\u00e1") == "ana silva"
    assert person_key("Ana Silva") == "ana silva"
    assert person_key("Ana") == ""
    assert person_key("", "Silva") == ""


@pytest.mark.parametrize(
    ("written", "value"),
    [("17850.0", "17850"), (" '7210448301122 ", "7210448301122"), ("AbC-1", "AbC-1"), ("00042", "00042")],
)
def test_keeps_an_outside_number_as_written(written: str, value: str) -> None:
    assert external(written).value == value
    assert external(written).match_key == value.casefold()


@pytest.mark.parametrize(("written", "code"), [("7.21045E+12", "external-spreadsheet"), ("", "external")])
def test_refuses_an_outside_number_that_lost_digits(written: str, code: str) -> None:
    with pytest.raises(BadIdentity) as refused:
        external(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "written", ["@Ana_Silva", "ana_silva", "https://instagram.com/Ana_Silva/", "x.com/ana_silva?s=1"]
)
def test_reads_a_handle_from_name_or_profile(written: str) -> None:
    assert handle(written).match_key == "ana_silva"


def test_refuses_a_handle_with_spaces() -> None:
    with pytest.raises(BadIdentity):
        handle("Ana Silva")
