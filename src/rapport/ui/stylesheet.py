"""The one style sheet of the product, put together from the files of `static/ui/css` in the order of their layers."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

FOLDER = Path(__file__).parent / "static" / "ui" / "css"
LAYERS = ("reset", "tokens", "base", "components", "utilities")


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """The whole sheet, the same compressed, and the short digest that is in its address."""

    text: bytes
    packed: bytes
    digest: str


def files(layer: str) -> list[Path]:
    """Return the files of `layer` in order: one, or those of the folder of that name."""
    return sorted((FOLDER / layer).glob("*.css")) if layer == "components" else [FOLDER / f"{layer}.css"]


def current() -> StyleSheet:
    """Return the sheet; in development it is put together again when a file changed."""
    changed = max(path.stat().st_mtime for path in FOLDER.rglob("*.css")) if settings.DEBUG else 0.0
    return _sheet(changed)


@cache
def _sheet(changed: float) -> StyleSheet:
    parts = [f"@layer {', '.join(LAYERS)};"]
    for layer in LAYERS:
        rules = "\n".join(path.read_text(encoding="utf-8") for path in files(layer))
        parts.append(f"@layer {layer} {{\n{rules}\n}}")
    text = re.sub(r'"static:([^"]+)"', lambda found: f'"{static(found[1])}"', "\n".join(parts)).encode()
    return StyleSheet(text, gzip.compress(text, 9, mtime=0), hashlib.sha256(text).hexdigest()[:12])


def address() -> str:
    """Return the address of the sheet."""
    return reverse("ui:stylesheet", args=[current().digest])
