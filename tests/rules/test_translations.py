"""Every translation has the places of its text, and no catalogue falls behind."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

LOCALE = Path(__file__).resolve().parents[2] / "src" / "rapport" / "locale"
PLACES = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}")
LEAST = 0.98

catalogues = pytest.mark.parametrize("language", ["de", "es", "fr", "pt"])


def entries(language: str) -> list[polib.POEntry]:
    catalogue = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
    return [entry for entry in catalogue if not entry.obsolete]


@catalogues
def test_the_places_of_a_text_are_kept(language: str) -> None:
    for entry in entries(language):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                wanted = {*PLACES.findall(entry.msgid), *PLACES.findall(entry.msgid_plural)}
                assert set(PLACES.findall(text)) <= wanted, entry.msgid
                assert set(PLACES.findall(entry.msgid)) <= set(PLACES.findall(text)) or entry.msgid_plural, entry.msgid


@catalogues
def test_nearly_everything_is_translated(language: str) -> None:
    found = entries(language)
    assert len(found) > 1500
    assert sum(entry.translated() for entry in found) >= LEAST * len(found)
