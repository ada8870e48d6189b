"""A secret is sealed by the installation's key: nobody reads it without, and a former key still opens it."""

from __future__ import annotations

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.kernel import secrets


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_what_is_sealed_is_opened_again(secret: str) -> None:
    sealed = secrets.seal(secret)
    assert secrets.unseal(sealed) == secret
    assert sealed.isascii()


def test_sealing_hides_and_never_gives_the_same_twice() -> None:
    assert "hunter2" not in secrets.seal("hunter2")
    assert secrets.seal("hunter2") != secrets.seal("hunter2")
    assert secrets.seal("") == secrets.unseal("") == ""


@pytest.mark.parametrize("broken", ["nonsense", "gAAAAA", "ü", "é" * 40])
def test_what_is_not_sealed_is_not_opened(broken: str) -> None:
    with pytest.raises(secrets.Unreadable):
        secrets.unseal(broken)


def test_a_changed_seal_is_refused() -> None:
    sealed = secrets.seal("hunter2")
    with pytest.raises(secrets.Unreadable):
        secrets.unseal(sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:])


def test_another_key_opens_nothing_unless_the_old_one_is_still_known() -> None:
    with override_settings(SECRET_KEY="the first key"):
        sealed = secrets.seal("hunter2")
    with override_settings(SECRET_KEY="the second key"), pytest.raises(secrets.Unreadable):
        secrets.unseal(sealed)
    with override_settings(SECRET_KEY="the second key", SECRET_KEY_FALLBACKS=["the first key"]):
        assert secrets.unseal(sealed) == "hunter2"
