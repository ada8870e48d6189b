"""How a delimited file is written: what sets its cells apart, and which row names the columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import NamedTuple

from rapport.imports.reading.formats import WHITESPACE

_DELIMITERS = (",", ";", "\t", "|", "^", "~")
_SAMPLE_ROWS = 200
_DATA = re.compile(r"[\s$€£+-]*\d[\d.,:/\sTZ%$€£+-]*|.*@.*\..*|(?:true|false|null|nan)", re.IGNORECASE)


class Dialect(NamedTuple):
    """`delimiter`, `quote` (may be empty) and the row of the header, 1 for the first, 0 for none."""

    delimiter: str
    quote: str
    header_row: int


def dialect_of(sample: str, delimiter: str = "") -> Dialect:
    """The dialect of a file's first text. Pass the delimiter when it is known."""
    sample = sample.removeprefix("\ufeff")
    separator = re.match(r"sep=(.)\r?\n", sample)  # a line that Excel writes for itself
    if separator:
        found = dialect_of(sample[separator.end() :], separator[1])
        return found._replace(header_row=found.header_row + 1 if found.header_row else 0)
    quote = '"' if '"' in sample or "'" not in sample else _quote(sample)
    delimiter = delimiter or _best_delimiter(sample, quote)
    return Dialect(delimiter, "" if delimiter == WHITESPACE else quote, header_row_of(_rows(sample, delimiter, quote)))


def _quote(sample: str) -> str:
    return "'" if len(re.findall(r"(?m)(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n])", sample)) > 5 else '"'


def _rows(sample: str, delimiter: str, quote: str) -> list[list[str]]:
    """The first rows of the sample; its last one may be cut and is dropped when there are others."""
    if delimiter == WHITESPACE:
        rows = [line.split() for line in sample.splitlines()[: _SAMPLE_ROWS + 1]]
    else:
        rows = []
        reader = csv.reader(sample.splitlines(keepends=True), delimiter=delimiter, quotechar=quote)
        try:
            for row in reader:
                rows.append(row)
                if len(rows) > _SAMPLE_ROWS:
                    break
        except csv.Error:  # a quotation mark that is never closed: said with its row when the file is read
            pass
    return rows[:-1] if len(rows) > 1 and not sample.endswith("\n") else rows


def _best_delimiter(sample: str, quote: str) -> str:
    """The mark under which most rows have the same number of cells, the more cells the better."""
    scores: dict[str, float] = {}
    for delimiter in _DELIMITERS:
        if delimiter in sample:
            scores[delimiter] = _score(_rows(sample, delimiter, quote))
    best = max(scores, key=lambda mark: scores[mark], default="")
    if best and scores[best] > 0:
        return best
    spaced = _rows(sample, WHITESPACE, "")
    if len(spaced) > 1 and _score(spaced) >= 1 and re.search(r"(?m)^\s*\S+ {2,}|^ ", sample):
        return WHITESPACE
    return ","


def _score(rows: list[list[str]]) -> float:
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return 0
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2 or count * 2 < sum(widths.values()):
        return 0
    # A header that falls apart as the rows do counts for more than many cells.
    header = next((len(row) for row in rows if row), 0)
    return (count / sum(widths.values())) ** 2 * (1 + min(width, 20) / 20) + (0.5 if header == width else 0)


def header_row_of(rows: list[list[str]]) -> int:
    """The row that names the columns: the first as wide as most rows; 0 when it holds values."""
    widths = Counter(len(row) for row in rows if any(row))
    if not widths:
        return 0
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    for number, row in enumerate(rows, start=1):
        if len(row) < width or not any(cell.strip() for cell in row):
            continue
        return number if _names(row) else 0
    return 1


def _names(row: list[str]) -> bool:
    """Whether a row is made of names rather than of values."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled:
        return False
    values = sum(1 for cell in filled if _DATA.fullmatch(cell))
    return values == 0 or (values * 4 <= len(filled) and len({cell.lower() for cell in filled}) == len(filled))
