"""Small lakes out of plain rows, without a database: what the tests of metrics and elements stand on."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from django.contrib.postgres.fields import ArrayField
from django.db import models

from rapport.insight.lake.days import local_days
from rapport.insight.lake.manifest import File, Manifest, TableState
from rapport.insight.lake.reader import Lake
from rapport.insight.lake.tables import TABLES, LakeTable, schema_print
from rapport.insight.metrics.figures import Figure, Span
from rapport.insight.metrics.run import Ask, figure, named
from rapport.insight.metrics.scope import Scope
from rapport.insight.policy import Policy

ZONE = "Europe/London"
Rows = Sequence[Mapping[str, Any]]
TYPES: tuple[tuple[type[models.Field[Any, Any]], pa.DataType], ...] = (
    (models.ForeignKey, pa.uuid()),
    (models.UUIDField, pa.uuid()),
    (ArrayField, pa.list_(pa.string())),
    (models.JSONField, pa.string()),
    (models.CharField, pa.string()),
    (models.TextField, pa.string()),
    (models.DateTimeField, pa.timestamp("us", "UTC")),
    (models.DateField, pa.date32()),
    (models.TimeField, pa.time64("us")),
    (models.BooleanField, pa.bool_()),
    (models.FloatField, pa.float64()),
    (models.DecimalField, pa.float64()),
    (models.BigIntegerField, pa.int64()),
    (models.SmallIntegerField, pa.int16()),
    (models.IntegerField, pa.int32()),
)
GIVEN = {"has_sale_line": True, "rate": 1.0, "scale_low": 1, "scale_high": 5, "weight": 1}
EMPTY = {pa.string(): "", pa.bool_(): False, pa.int64(): 0, pa.int32(): 0, pa.int16(): 0, pa.float64(): 0.0}


def key(number: int) -> UUID:
    """Return the id that stands for a number."""
    return UUID(int=number)


def noon(day: date) -> datetime:
    """Return noon of a day, in UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def lake_of(root: Path, zone: str = ZONE, **rows: Rows) -> Lake:
    """Return a lake in `root` whose tables hold `rows`, by their names in the database; other tables are empty.

    A column that a row does not name is empty, or what it usually is; an order's customer is made when missing.
    """
    known = {**rows}
    known.setdefault("customers_customer", customers_of(known))
    tables = {table.name: _written(root, table, known.get(table.name, ()), zone) for table in TABLES}
    return Lake(root, Manifest(uuid4(), noon(date(2024, 1, 1)), zone, schema_print(), tables), None)


def customers_of(rows: Mapping[str, Rows]) -> list[dict[str, Any]]:
    """Return a customer for every id that the rows name, known since their first order or long ago."""
    ids = {row["customer_id"] for table in rows.values() for row in table if row.get("customer_id")}
    first = {one: date(2000, 1, 1) for one in ids}
    return [{"id": one, "since": noon(first[one]), "kind": "person"} for one in sorted(ids)]


def order(customer: int | None, day: date, net: int = 1000, **values: Any) -> dict[str, Any]:
    """Return an order of a customer on a day for `net` minor units."""
    return {
        "id": uuid4(),
        "kind": "sale",
        "status": "placed",
        "customer_id": None if customer is None else key(customer),
        "placed_at": noon(day),
        "gross_minor": net,
        "net_minor": net,
        "net_base_minor": net,
        "lines_count": 1,
        **values,
    }


def scope_of(lake: Lake, as_of: date, start: date | None = None, end: date | None = None, **rules: Any) -> Scope:
    """Return a scope as of a day."""
    span = Span(start, end or as_of + timedelta(days=1))
    return Scope(lake, as_of, span, Policy(**rules), "GBP")


def ask(
    lake: Lake,
    name: str,
    as_of: date,
    start: date | None = None,
    end: date | None = None,
    *,
    trend: bool = False,
    **rules: Any,
) -> Figure:
    """Return the figure of a metric, its trend only when asked for: that takes as long as all the rest."""
    return figure(lake, named(name), Ask(as_of, start, end, trend=trend), policy=Policy(**rules), currency="GBP")


def values(
    lake: Lake, names: Sequence[str], as_of: date, start: date | None = None, end: date | None = None, **rules: Any
) -> dict[str, float | None]:
    """Return the values of some metrics."""
    return {name: ask(lake, name, as_of, start, end, **rules).value for name in names}


def _written(root: Path, table: LakeTable, rows: Rows, zone: str) -> TableState:
    name = f"{table.name}-{uuid4().hex}.parquet"
    if rows:
        pq.write_table(_filled(table, rows, zone), root / name)
    else:
        (root / name).write_bytes(_empty(table.name))
    return TableState((File(name, len(rows)),))


@cache
def _empty(name: str) -> bytes:
    """Return the file of a table without rows: most tables of most lakes."""
    file = io.BytesIO()
    pq.write_table(_filled(next(table for table in TABLES if table.name == name), (), ZONE), file)
    return file.getvalue()


def _filled(table: LakeTable, rows: Rows, zone: str) -> pa.Table:
    types = {str(field.column): _type(field) for field in table.fields}
    columns = {name: pa.array([_value(row, name, kind) for row in rows], kind) for name, kind in types.items()}
    columns |= {one.name: pa.array([row.get(one.name) for row in rows], pa.int32()) for one in table.worked}
    for day in table.days:
        columns[day.name] = local_days(columns[day.of], zone, day.shift)
    return pa.table(columns)


def _type(field: Any) -> pa.DataType:
    return next(kind for of, kind in TYPES if isinstance(field, of))


def _value(row: Mapping[str, Any], name: str, kind: pa.DataType) -> Any:
    value = row.get(name, GIVEN.get(name, EMPTY.get(kind)))
    if name == "id" and value is None:
        value = uuid4()
    return value.bytes if isinstance(value, UUID) else value
