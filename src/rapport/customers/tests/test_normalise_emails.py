"""One normal form for an e-mail address, whoever wrote it."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers.identities import BadIdentity, email, is_free_mail


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ana@example.com", "ana@example.com"),
        ("  Ana.Silva+Shop@Example.COM\u00a0", "ana.silva+shop@example.com"),
        ("ana@m\u00fcnchen.example.de", "ana@xn--mnchen-3ya.example.de"),
        ("ana@XN--MNCHEN-3YA.example.de", "ana@xn--mnchen-3ya.example.de"),
        ("\uff41na@example.com", "ana@example.com"),
        ("mailto:ana@example.com", "ana@example.com"),
        ("Ana Silva <Ana@example.com>", "ana@example.com"),
        ("'ana@example.com", "ana@example.com"),
        ("j\u00fcrgen@example.com", "j\u00fcrgen@example.com"),
        ("o'neil@example.ie", "o'neil@example.ie"),
    ],
)
def test_writes_an_address_one_way(written: str, normal: str) -> None:
    assert email(written).value == normal
    assert email(written).match_key == normal


@pytest.mark.parametrize(
    "written",
    ["", "ana", "ana@", "@example.com", "ana@localhost", "ana@example", "ana@@example.com", "a b@example.com",
     "ana.@example.com", "ana@-example.com", "ana@example.test", "ana@example.c0", "ana@exa_mple.com"],
)  # fmt: skip
def test_refuses_what_is_no_address(written: str) -> None:
    with pytest.raises(BadIdentity) as refused:
        email(written)
    assert refused.value.code == "email"


_LOCAL = st.text("abcXYZ019.!#$+-_=~'\u00e9 ", min_size=1, max_size=12)
_DOMAIN = st.lists(
    st.text("abcZ019-_x", min_size=1, max_size=6) | st.sampled_from(["a" * 63, "a" * 64, "xn--", "co", "com"]),
    min_size=1,
    max_size=4,
).map(".".join)


@given(local=_LOCAL, domain=_DOMAIN)
def test_agrees_with_the_library_on_syntax(local: str, domain: str) -> None:
    address = f"{local}@{domain}".strip().lstrip("'").lower()
    try:
        checked = validate_email(address, check_deliverability=False)
        expected: str | None = f"{checked.local_part}@{checked.ascii_domain}"
    except EmailNotValidError:
        expected = None
    try:
        normal: str | None = email(address).value
    except BadIdentity:
        normal = None
    assert normal == (expected.lower() if expected else None)


def test_normalising_twice_changes_nothing() -> None:
    once = email("Ana <ANA@m\u00fcnchen.example.de>").value
    assert email(once).value == once


def test_knows_free_mail_providers() -> None:
    assert is_free_mail("ana@Gmail.com")
    assert is_free_mail("hotmail.co.uk")
    assert not is_free_mail("ana@example.com")
