"""Taking rows out as CSV or as an Excel sheet: what the list shows, all of its rows, written as they are read.

A text that a spreadsheet would take for a formula gets an apostrophe in CSV; in a sheet texts are stored as texts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from tempfile import NamedTemporaryFile
from uuid import UUID

from django.db.models import F, OrderBy
from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from rapport.kernel.permissions import Forbidden
from rapport.staff.listing.asked import Asked
from rapport.staff.listing.nouns import Plain
from rapport.team.services import exports

AT_A_TIME = 1_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(asked: Asked, kind: str) -> HttpResponseBase:
    """Answer with the file and put on record who took what. Raises `Forbidden`, and `Http404` for another kind."""
    listing, actor = asked.listing, asked.look.actor
    if listing.export is None or kind not in {"csv", "xlsx"}:
        raise Http404
    if actor.require(listing.export) < actor.require(listing.right):
        raise Forbidden(listing.export)
    keys = [one.key for one in asked.columns]
    exports.record(listing.name, by=actor, condition=asked.filter, search=asked.search, columns=keys, kind=kind)
    name = f"{listing.name}-{timezone.localtime(asked.look.now):%Y-%m-%d}.{kind}"
    if kind == "csv":
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(csv_lines(asked), content_type=CSV, headers=disposition)
    return FileResponse(sheet(asked), as_attachment=True, filename=name, content_type=XLSX)


def lines(asked: Asked) -> Iterator[list[Plain]]:
    """Yield the heading, then the plain values of every row in the order of the list."""
    yield [str(one.label) for one in asked.columns]
    keys = [one.key for one in asked.columns]
    found = ids_of(asked)
    while ids := list(islice(found, AT_A_TIME)):
        for row in asked.listing.load(ids, asked.look, keys):
            yield [one.plain(row, asked.look) for one in asked.columns]


def ids_of(asked: Asked) -> Iterator[UUID]:
    """Yield the ids of all rows that are asked for, in order, by a cursor of the database."""
    order = asked.order
    value = OrderBy(F(order.path), descending=order.falling, nulls_last=True)
    rows = order.prepared(asked.rows()).order_by(value, "-pk" if order.falling else "pk")
    return rows.values_list("pk", flat=True).iterator(chunk_size=AT_A_TIME)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(asked: Asked) -> Iterator[bytes]:
    """Yield the lines of the CSV file of a list."""
    return written(lines(asked))


def written(rows: Iterable[Sequence[Plain]]) -> Iterator[bytes]:
    """Yield rows as the lines of a CSV file, in UTF-8 with a mark by which spreadsheets know it."""
    yield b"\xef\xbb\xbf"
    writer = csv.writer(_Echo())
    for line in rows:
        text: str = writer.writerow([defused(value) for value in line])
        yield text.encode()


def defused(value: Plain) -> Plain:
    """Return a value for CSV: moments in the reader's zone, numbers as they are, no text that is a formula."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def sheet(asked: Asked) -> NamedTemporaryFile:  # type: ignore[valid-type]
    """Return a temporary file with the Excel sheet, ready to be read; rows beyond what a sheet holds are left out."""
    import xlsxwriter  # here, because it is large and few requests need it

    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the answer closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    with xlsxwriter.Workbook(file.name, options) as book:
        page = book.add_worksheet()
        moment, day = (book.add_format({"num_format": shape}) for shape in ("yyyy-mm-dd hh:mm", "yyyy-mm-dd"))
        bold = book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        for at, line in enumerate(lines(asked)):
            for column, value in enumerate(line):
                if isinstance(value, datetime):
                    page.write_datetime(at, column, timezone.localtime(value).replace(tzinfo=None), moment)
                elif isinstance(value, date):
                    page.write_datetime(at, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                elif isinstance(value, int | float | Decimal):
                    page.write_number(at, column, float(value))
                elif value:
                    page.write_string(at, column, value, bold if at == 0 else None)
    file.seek(0)
    return file
