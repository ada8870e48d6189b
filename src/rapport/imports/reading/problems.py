"""What can be wrong with a file, a row or a cell, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LONGEST_SHOWN = 80


def gettext_noop(message: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return message


MESSAGES: dict[str, str] = {
    # the file
    "missing": gettext_noop("There is no such file: {detail}"),
    "unreadable": gettext_noop("The file cannot be read: {detail}"),
    "empty": gettext_noop("The file is empty."),
    "header-only": gettext_noop("The file has a header and no rows."),
    "binary": gettext_noop("This is not a table: {detail}. CSV, Excel and vCard files can be read."),
    "damaged": gettext_noop("The file is damaged: {detail}"),
    "too-large": gettext_noop("The file would take {detail} in memory; save it as CSV."),
    "locked": gettext_noop("The workbook is protected by a password."),
    "archive": gettext_noop("The archive holds {detail} files. Unpack it and give the files."),
    "sheet": gettext_noop("The workbook has no sheet named {detail}."),
    "line-too-long": gettext_noop("Line {line} is longer than {detail} characters."),
    "delimiter": gettext_noop("The cells are not set apart as was said; it looks like “{detail}”."),
    # the header
    "header-twice": gettext_noop("Two columns are named {value}; the second is called {detail} here."),
    "header-empty": gettext_noop("A column without a name is called {detail} here."),
    "header-again": gettext_noop("The header stands here once more; the row is left out."),
    # the row
    "row-short": gettext_noop("The row has {found} cells where the header has {wanted}."),
    "row-long": gettext_noop("The row has {found} cells where the header has {wanted}."),
    "quote-open": gettext_noop("A quotation mark is opened here and not closed within {detail} characters."),
    "quote-stray": gettext_noop("A quotation mark runs over several lines and leaves {found} of {wanted} cells."),
    "card": gettext_noop("The card cannot be read: {detail}"),
    # the cell
    "encoding": gettext_noop("Some letters are not in {detail}; they were read as Western European."),
    "nul": gettext_noop("The cell holds a NUL character."),
    "formula": gettext_noop("The cell looks like a formula and is kept as text."),
    "formula-error": gettext_noop("The formula in this cell ended in an error."),
    "formula-empty": gettext_noop("The formula in this cell was never computed; open the workbook and save it."),
    "required": gettext_noop("The value is missing."),
    "too-long": gettext_noop("The text has {found} characters; {wanted} fit."),
    "integer": gettext_noop("Not a whole number."),
    "number": gettext_noop("Not a number."),
    "number-range": gettext_noop("The number is too large."),
    "amount": gettext_noop("Not an amount."),
    "amount-style": gettext_noop(
        "The amount is not written as the rest of its column, where the decimal mark is “{detail}”."
    ),
    "amount-ambiguous": gettext_noop(
        "This can be a thousand or a fraction, and nothing in the column tells which. Say the decimal mark."
    ),
    "amount-spreadsheet": gettext_noop("A spreadsheet has cut digits off this number."),
    "amount-fraction": gettext_noop("More decimals than the currency {detail} has."),
    "date": gettext_noop("Not a date."),
    "date-impossible": gettext_noop("There is no such day."),
    "date-order": gettext_noop("The day is not written as the rest of its column ({detail})."),
    "date-ambiguous": gettext_noop(
        "Day and month can be exchanged here, and nothing in the column tells which. Say the order."
    ),
    "date-future": gettext_noop("The date lies in the future and is left out."),
    "boolean": gettext_noop("Neither yes nor no."),
    "choice": gettext_noop("Not one of: {detail}."),
    "url": gettext_noop("Not a web address."),
    "score": gettext_noop("Not a score from {detail}."),
    "country": gettext_noop("Not a country."),
    "language": gettext_noop("Not a language."),
    "currency": gettext_noop("Not a currency."),
    "email": gettext_noop("Not an e-mail address: {detail}"),
    "phone": gettext_noop("Not a phone number."),
    "phone-country": gettext_noop("The country of this phone number is not known; write it with +."),
    "phone-length": gettext_noop("Not a phone number: {detail}"),
    "phone-spreadsheet": gettext_noop("A spreadsheet has cut digits off this phone number."),
    "external": gettext_noop("Not a number or code."),
    "external-spreadsheet": gettext_noop("A spreadsheet has cut digits off this number."),
    "handle": gettext_noop("Not a name on a channel."),
}


class FileError(Exception):
    """The file cannot be read at all, or not beyond `row` and `line`. `code` is a key of MESSAGES."""

    def __init__(self, code: str, detail: str = "", *, row: int = 0, line: int = 0) -> None:
        self.code, self.detail, self.row, self.line = code, detail, row, line
        super().__init__(MESSAGES[code].format(detail=detail, line=line))

    @property
    def message(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong at one place of a file.

    `row` counts as a spreadsheet does (the header of an ordinary file is row 1), `line` as a text editor
    does; they differ where cells hold line breaks. `column` is the header; empty when the whole row is
    meant. An error keeps the row out; a warning does not. `params` fill the message.
    """

    row: int
    column: str
    value: str
    code: str
    line: int = 0
    severity: Literal["error", "warning"] = "error"
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The problem in English; MESSAGES[code] with the same fields is what gets translated."""
        return MESSAGES[self.code].format(**{"detail": "", "value": self.value, "line": self.line, **self.params})


def shortened(value: str) -> str:
    """A value as it is shown in a message: one line of at most 80 characters, none of them zero."""
    value = " ".join(value.replace("\x00", "␀").split())
    return value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
