"""What a file is and how it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["csv", "xlsx", "vcard"]
Compression = Literal["", "gzip", "zip"]
DateOrder = Literal["", "ymd", "dmy", "mdy"]
Decimal = Literal["", ".", ","]

WHITESPACE = " "


@dataclass(frozen=True)
class Format:
    """How to read one file. Whatever is empty is decided from the data, column by column.

    `delimiter` is one character; a space means columns set apart by any run of spaces. `header_row` is the
    row of the column names as a person counts them; 0 when there are none. `quote` is empty when cells are
    never quoted. `decimal` is the mark before the fraction, `date_order` the order of days like 03/04/05.
    `kind` xlsx stands for every workbook (xlsx, xlsm, xlsb, xls, ods), `sheet` is its sheet's name.
    """

    kind: Kind
    compression: Compression = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header_row: int = 1
    decimal: Decimal = ""
    date_order: DateOrder = ""
    sheet: str = ""

    def but(self, **changes: Any) -> Format:
        """The same with some settings said by a person; None leaves one as it is."""
        return replace(self, **{name: value for name, value in changes.items() if value is not None})
