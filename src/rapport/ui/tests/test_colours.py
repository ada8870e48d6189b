from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.ui.colours import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    ON_DARK,
    TEXT,
    WHITE,
    NotAColour,
    contrast,
    css,
    palette,
    parsed,
)


@given(st.integers(0, 0xFFFFFF))
def test_whatever_the_firms_colour_words_can_be_read(value: int) -> None:
    found = palette(f"#{value:06x}")
    light, dark = (parsed(one) for one in found.accent)
    assert all(contrast(light, ground) >= TEXT for ground in (*LIGHT_GROUNDS, parsed(found.soft[0])))
    assert all(contrast(dark, ground) >= ON_DARK for ground in (*DARK_GROUNDS, parsed(found.soft[1])))
    assert contrast(parsed(found.fill[0]), WHITE) >= TEXT
    assert contrast(parsed(found.fill_hover[0]), WHITE) >= TEXT


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert palette("#2f6f5e").accent[0] == "#2f6f5e"
    assert "--accent-fill: light-dark(#2f6f5e, #2f6f5e);" in css("#2F6F5E")


@pytest.mark.parametrize("text", ["", "red", "#12345", "#12345g", "#1234567", "#fff;}body{"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(NotAColour):
        css(text)
