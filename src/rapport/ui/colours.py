"""The firm's colour, made readable: its variants keep the contrast of WCAG 2.2 in the light and the dark theme."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

TEXT = 4.5  # contrast of text, WCAG 2.2, 1.4.3
ON_DARK = 6.5  # small coloured text on dark grounds looks thinner than it is
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
LIGHT_GROUNDS = ((251, 251, 250), (255, 255, 255))  # page and card of the tokens
DARK_GROUNDS = ((19, 22, 26), (33, 39, 48))
STEPS = 100
_HEX = re.compile(r"#?([0-9a-fA-F]{6})\Z")

RGB = tuple[int, int, int]


class NotAColour(ValueError):
    """A colour is written like #2f6f5e."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of the portal as #rrggbb, each for the light and the dark theme."""

    accent: tuple[str, str]
    fill: tuple[str, str]
    fill_hover: tuple[str, str]
    soft: tuple[str, str]
    line: tuple[str, str]


def parsed(text: str) -> RGB:
    """Return the parts of #rrggbb, 0 to 255 each. Raises `NotAColour`."""
    found = _HEX.match(text.strip())
    if not found:
        raise NotAColour(text)
    value = int(found[1], 16)
    return value >> 16, value >> 8 & 255, value & 255


def palette(colour: str) -> Palette:
    """Return the variants of a colour that can be read as text and under white text. Raises `NotAColour`."""
    base = parsed(colour)
    soft_light, soft_dark = mixed(base, WHITE, 0.9), mixed(base, DARK_GROUNDS[0], 0.8)
    light = until(base, BLACK, lambda one: _reads_on(one, (*LIGHT_GROUNDS, soft_light), TEXT))
    dark = until(base, WHITE, lambda one: _reads_on(one, (*DARK_GROUNDS, soft_dark), ON_DARK))
    fill = until(base, BLACK, lambda one: contrast(one, WHITE) >= TEXT)
    hover = mixed(fill, BLACK, 0.14)
    return Palette(
        accent=(written(light), written(dark)),
        fill=(written(fill), written(fill)),
        fill_hover=(written(hover), written(hover)),
        soft=(written(soft_light), written(soft_dark)),
        line=(written(mixed(base, WHITE, 0.65)), written(mixed(base, DARK_GROUNDS[0], 0.55))),
    )


def css(colour: str) -> str:
    """Return the rules that put the tokens of the design system into the firm's colour. Raises `NotAColour`."""
    found = palette(colour)
    tokens = {
        "accent": found.accent,
        "focus": found.accent,
        "bar": found.accent,
        "accent-fill": found.fill,
        "accent-fill-hover": found.fill_hover,
        "accent-soft": found.soft,
        "accent-line": found.line,
    }
    lines = (f"--{name}: light-dark({light}, {dark});" for name, (light, dark) in tokens.items())
    return ":root { " + " ".join(lines) + " }\n"


def contrast(first: RGB, second: RGB) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(colour: RGB, other: RGB, share: float) -> RGB:
    """Return `colour` with the `share` (0 to 1) of `other` mixed in."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def until(colour: RGB, other: RGB, good: Callable[[RGB], bool]) -> RGB:
    """Return `colour` with as little of `other` mixed in as makes it `good`."""
    for step in range(STEPS):
        tried = mixed(colour, other, step / STEPS)
        if good(tried):
            return tried
    return other


def written(colour: RGB) -> str:
    """Return #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _reads_on(colour: RGB, grounds: tuple[RGB, ...], least: float) -> bool:
    return all(contrast(colour, ground) >= least for ground in grounds)


def _luminance(colour: RGB) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
