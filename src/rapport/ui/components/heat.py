"""A grid of shares as a plain table in shades: the cohort triangle, the RFM grid. It needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from rapport.ui.components.render import render


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the grid: what it says, how strong its shade is (0 to 1), where it leads."""

    text: str
    share: float
    href: str = ""
    title: str = ""

    @property
    def level(self) -> int:
        """The shade, 0 to 5."""
        return 0 if self.share <= 0 else min(5, 1 + int(self.share * 5))


@dataclass(frozen=True, slots=True)
class Heat:
    """The grid: `rows` are a label and its cells, None where there is none. `wide` scrolls on a phone."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell | None]]]
    corner: str = ""
    wide: bool = True


def heat(shown: Heat) -> SafeString:
    """Return `shown` as HTML."""
    return render("heat", heat=shown, rows=shown.rows)
