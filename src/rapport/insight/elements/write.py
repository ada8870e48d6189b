"""Writing the scores: out of the engine as CSV, by COPY into a temporary table, changed rows into the real one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

from django.db import connection, transaction
from ibis.expr import types as ir

from rapport.insight import kinds
from rapport.insight.elements.catalogue import ELEMENTS, MEASURES
from rapport.insight.lake.reader import Lake

NUMBERS = ("index", "confidence", "trend", *ELEMENTS)
COLUMNS = (
    "customer_id", *NUMBERS, "reasons", "evidence", "kind", "kinds", "stage", "stage_since", "lapsed_at", "usual_days",
    "p_alive", "cltv_minor", "cltv_low_minor", "cltv_high_minor", "at_risk_minor", "on", "as_of",
)  # fmt: skip
PIECE = 1 << 20


def write(lake: Lake, rows: ir.Table, on: date, folder: Path) -> tuple[int, int]:
    """Bring insight_score in line with `rows` (see `elements.score`); return how many were added and changed.

    on: the day they were worked out for.
    """
    with written(lake, _select(rows, on, lake), folder) as path, transaction.atomic():
        _load(path)
        return _merge()


@contextmanager
def written(lake: Lake, query: str, folder: Path) -> Iterator[Path]:
    """Give the rows of a query to the lake's engine as a CSV file without a header, gone after the block."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"scores-{uuid4().hex}.csv"
    try:
        target = str(path).replace("'", "''")
        lake.engine.execute(f"COPY ({query}) TO '{target}' (FORMAT csv, HEADER false)")
        yield path
    finally:
        path.unlink(missing_ok=True)


def copy_in(path: Path, table: str, columns: Sequence[str]) -> None:
    """Put the rows of a CSV file without a header into `table`, piece by piece."""
    names = ", ".join(map(_quoted, columns))
    with connection.cursor() as cursor:
        with path.open("rb") as file, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
            while piece := file.read(PIECE):
                copy.write(piece)
        cursor.execute(f"ANALYZE {table}")


def _select(rows: ir.Table, on: date, lake: Lake) -> str:
    """Return the query whose columns are those of the table; the engine holds `rows` under its name."""
    there = set(rows.columns)
    found = {
        "customer_id": "customer_id",
        **{name: f'round("{name}", {3 if name == "confidence" else 1})' for name in NUMBERS},
        "reasons": _reasons(there),
        "evidence": "evidence",
        "kind": "coalesce(kind, '')",
        "kinds": _kinds(),
        "stage": "coalesce(stage, '')",
        "stage_since": f"timezone('{lake.zone}', entered::timestamp)",
        "lapsed_at": f"timezone('{lake.zone}', lapsed::timestamp)",
        "usual_days": _number("b_usual", there, 1),
        "p_alive": _number("b_alive", there, 4),
        "cltv_minor": _number("b_cltv", there, 0, whole=True),
        "cltv_low_minor": _number("b_low", there, 0, whole=True),
        "cltv_high_minor": _number("b_high", there, 0, whole=True),
        "at_risk_minor": _number("at_risk", there, 0, whole=True),
        "on": f"'{on.isoformat()}'",
        "as_of": f"'{lake.as_of.isoformat()}'",
    }
    columns = ", ".join(f"{found[name]} AS {_quoted(name)}" for name in COLUMNS)
    return f"SELECT {columns} FROM held_scored"


def _quoted(name: str, table: str = "") -> str:
    return f'{table}."{name}"' if table else f'"{name}"'


def _number(name: str, there: set[str], digits: int, *, whole: bool = False) -> str:
    if name not in there:
        return "NULL"
    return f"round({name})::BIGINT" if whole else f"round({name}, {digits})"


def _reasons(there: set[str]) -> str:
    """Return the JSON of the reasons: {"trust": {"promises_kept": [value, n, confidence]}}, known ones only."""
    elements = []
    for element in ELEMENTS:
        parts = [
            f"""'"{one.name.split(".")[1]}":[' || round(v_{one.column}, 1) || ',' || n_{one.column} || ',' """
            f"""|| round(c_{one.column}, 2) || ']'"""
            for one in MEASURES.values()
            if one.element == element and f"v_{one.column}" in there
        ]
        if parts:
            inner = f"nullif(concat_ws(',', {', '.join(parts)}), '')"
            elements.append(f"""'"{element}":{{' || {inner} || '}}'""")
    return f"'{{' || concat_ws(',', {', '.join(elements)}) || '}}'" if elements else "'{}'"


def _kinds() -> str:
    """Return the JSON of the memberships by family, and of the signals they come from; {} without a purchase."""
    families = [
        f"""'"{family}":{{' || concat_ws(',', {", ".join(_pair(kind) for kind in of)}) || '}}'"""
        for family, of in kinds.FAMILIES.items()
    ]
    signals = f"""'"signals":{{' || concat_ws(',', {", ".join(_pair(name) for name in kinds.SIGNALS)}) || '}}'"""
    whole = f"'{{' || concat_ws(',', {', '.join([*families, signals])}) || '}}'"
    return f"CASE WHEN kind IS NULL THEN '{{}}' ELSE {whole} END"


def _pair(name: str) -> str:
    return f"""'"{name}":' || round("{name}", 2)"""


def _load(path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE fresh_score (LIKE insight_score) ON COMMIT DROP")
        cursor.execute("ALTER TABLE fresh_score ALTER kind_override DROP NOT NULL")
    copy_in(path, "fresh_score", COLUMNS)


def _merge() -> tuple[int, int]:
    told = [name for name in COLUMNS if name not in {"customer_id", "on", "as_of"}]
    old, new = (", ".join(_quoted(name, table) for name in told) for table in ("s", "f"))
    settings = ", ".join(f"{_quoted(name)} = {_quoted(name, 'f')}" for name in (*told, "on", "as_of"))
    names, fresh = ", ".join(map(_quoted, COLUMNS)), ", ".join(_quoted(name, "f") for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE insight_score s SET {settings} FROM fresh_score f "
            f"WHERE f.customer_id = s.customer_id AND ({old}) IS DISTINCT FROM ({new})"
        )
        changed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO insight_score ({names}, kind_override) SELECT {fresh}, '' FROM fresh_score f "
            "JOIN customers_customer c ON c.id = f.customer_id "
            "WHERE NOT EXISTS (SELECT FROM insight_score s WHERE s.customer_id = f.customer_id)"
        )
        return cursor.rowcount, changed
