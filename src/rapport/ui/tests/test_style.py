"""The style sheet: its weight, its contrast, and no style or script inside a template anywhere."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from rapport.ui import stylesheet

SOURCE = Path(__file__).resolve().parents[2]
LIMIT = 60_000  # bytes of CSS in all
PACKED_LIMIT = 14_000  # bytes of it compressed
TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
SHAPE_CONTRAST = 3.0  # WCAG 2.2, 1.4.11

HEAT = tuple(f"heat-{level}" for level in range(1, 6))
ON_GROUNDS = {
    "ink": (
        "page",
        "card",
        "rail",
        "field",
        "hover",
        "soft",
        "accent-soft",
        "good-soft",
        "warn-soft",
        "bad-soft",
        *HEAT,
    ),
    "ink-2": ("page", "card", "rail", "hover", "soft"),
    "muted": ("page", "card", "rail", "hover", "field", "accent-soft"),
    "accent": ("page", "card", "accent-soft", "hover"),
    "good": ("page", "card", "good-soft"),
    "warn": ("page", "card", "warn-soft"),
    "bad": ("page", "card", "bad-soft", "hover"),
    "on-accent": ("accent-fill", "accent-fill-hover", "bad-fill"),
}
SHAPES = {"focus": ("page", "card", "rail"), "bar": ("card", "track"), "bad-bar": ("card",), "bar-2": ("card",)}


def tokens() -> dict[str, tuple[str, str]]:
    """Return the colour tokens: name to its light and its dark value."""
    text = (stylesheet.FOLDER / "tokens.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", text)
    single = re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", text)
    return {name: (one, one) for name, one in single} | {name: (light, dark) for name, light, dark in pairs}


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2, definition)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def pairs(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Return each front with each of its grounds."""
    return [(front, ground) for front, grounds in table.items() for ground in grounds]


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), pairs(ON_GROUNDS))
def test_text_stands_out_from_its_ground(front: str, ground: str, theme: int) -> None:
    known = tokens()
    assert contrast(known[front][theme], known[ground][theme]) >= TEXT_CONTRAST


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), pairs(SHAPES))
def test_shapes_stand_out_from_their_ground(front: str, ground: str, theme: int) -> None:
    known = tokens()
    assert contrast(known[front][theme], known[ground][theme]) >= SHAPE_CONTRAST


def test_all_styles_together_are_under_60_kb() -> None:
    weight = sum(path.stat().st_size for path in stylesheet.FOLDER.rglob("*.css"))
    assert weight < LIMIT
    assert len(stylesheet.current().packed) < PACKED_LIMIT


def test_the_sheet_has_every_file_in_its_layer() -> None:
    sheet = stylesheet.current()
    text = sheet.text.decode()
    assert text.startswith("@layer reset, tokens, base, components, utilities;")
    assert "static:" not in text
    assert gzip.decompress(sheet.packed) == sheet.text
    assert text.count("{") == text.count("}")


def test_nothing_is_important() -> None:
    for path in stylesheet.FOLDER.rglob("*.css"):
        assert "!important" not in path.read_text(encoding="utf-8"), path.name


SIDES = "(?:left|right|top|bottom)"
PHYSICAL = rf"(?<![\w-])(?:(?:margin|padding|border)-{SIDES}|{SIDES})\s*:|text-align:\s*(?:left|right)"


def test_directions_are_logical() -> None:
    for path in stylesheet.FOLDER.rglob("*.css"):
        assert re.findall(PHYSICAL, path.read_text(encoding="utf-8")) == [], path.name


INLINE = {
    "a style attribute": r"<[^>{]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script inside": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "a javascript address": r"javascript:",
    "an expression of htmx": r"\bhx-on\b|hx-vals=['\"]js:|hx-headers=['\"]js:",
}


def test_no_template_holds_style_or_script() -> None:
    templates = sorted(SOURCE.rglob("templates/**/*.html"))
    assert templates
    found = [
        f"{path.relative_to(SOURCE)}: {what}"
        for path in templates
        for what, pattern in INLINE.items()
        if re.search(pattern, path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_scripts_are_short_and_need_no_eval() -> None:
    for path in (SOURCE / "ui" / "static" / "ui" / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 120, path.name
        assert not re.search(r"\beval\(|new Function\(", text), path.name


def test_every_component_is_in_the_gallery() -> None:
    folder = SOURCE / "ui" / "templates" / "ui"
    gallery = "".join(path.read_text(encoding="utf-8") for path in (folder / "gallery").glob("*.html"))
    missing = [
        path.stem for path in (folder / "components").glob("*.html") if not re.search(rf"{{%\s*{path.stem}\b", gallery)
    ]
    assert missing == []
