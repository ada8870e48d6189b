"""Every environment variable that the program reads must be explained in docs/run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_VARIABLE = re.compile(r'["\'](RAPPORT_[A-Z_]+|DATABASE_URL)["\']')


def undocumented(root: Path) -> Iterator[str]:
    """Yield a complaint for each variable that no page of docs/run names."""
    explained = "\n".join(path.read_text("utf-8") for path in (root / "docs" / "run").glob("*.md"))
    for name in sorted(_read_by_the_program(root / "src" / "rapport")):
        if f"`{name}" not in explained:
            yield f"docs/run does not explain the setting {name}"


def _read_by_the_program(source: Path) -> set[str]:
    files = (path for path in source.rglob("*.py") if "tests" not in path.parts and "testing" not in path.parts)
    return {name for path in files for name in _VARIABLE.findall(path.read_text("utf-8"))} - {"RAPPORT_TESTING"}
