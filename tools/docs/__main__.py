"""Write docs/reference anew, or with --check say what is undocumented or out of date and fail."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
SNAPSHOT = ROOT / "src" / "rapport" / "api" / "openapi.json"


def main() -> int:
    """Write the pages, or check them; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")
    import django

    django.setup()
    from tools.docs import pages, settings_check

    written = {f"{name}.md": text for name, text in pages.all_pages().items()}
    complaints = [*pages.undocumented(), *settings_check.undocumented(ROOT)]
    if "--check" in sys.argv:
        complaints += _stale(written)
    else:
        _write(written)
        SNAPSHOT.write_text(pages.openapi(), "utf-8")
    for complaint in complaints:
        print(f"docs: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def _stale(written: dict[str, str]) -> Iterator[str]:
    there = {path.name for path in REFERENCE.glob("*.md")}
    for name in sorted(there - written.keys()):
        yield f"docs/reference/{name} is about nothing that is registered; run make docs"
    for name, text in written.items():
        path = REFERENCE / name
        if not path.exists() or path.read_text("utf-8") != text:
            yield f"docs/reference/{name} is out of date; run make docs"


def _write(written: dict[str, str]) -> None:
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path in REFERENCE.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (REFERENCE / name).write_text(text, "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
