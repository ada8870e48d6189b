"""What the tests of imports share: writing a file and importing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from rapport.imports.models import ImportRun
from rapport.imports.services import runs
from rapport.imports.services.runs import Outcome
from rapport.kernel.actors import SYSTEM, Actor

Import = Callable[..., "Done"]
TABLES = (
    "customers_customer", "customers_identity", "customers_consent", "customers_stagespan", "customers_affiliation",
    "commerce_product", "commerce_order", "commerce_orderline", "commerce_payment", "commerce_refund",
    "commerce_shipment", "commerce_customertotals", "promises_promise", "feedback_answer", "timeline_activity",
    "timeline_touch", "objects_record", "kernel_eventrecord",
)  # fmt: skip


class Done:
    """A finished import: the run and what became of the rows."""

    def __init__(self, run: ImportRun, outcome: Outcome) -> None:
        self.run, self.outcome = run, outcome

    def counts(self, noun: str) -> tuple[int, int, int, int, int]:
        """Read, created, updated, unchanged, failed."""
        found = self.outcome.counts[noun]
        return found.read, found.created, found.updated, found.unchanged, found.failed

    @property
    def problems(self) -> list[tuple[str, int, str]]:
        return [(problem.code, problem.row, problem.column) for problem in self.outcome.problems]


@pytest.fixture
def imported(tmp_path: Path, cast: object) -> Import:
    """Write files (name → text) and import them; returns what was done."""

    def run(
        files: str | Mapping[str, str], profile: str = "", *, dry: bool = False, by: Actor = SYSTEM, **more: Any
    ) -> Done:
        named = {"customers.csv": files} if isinstance(files, str) else files
        paths = []
        for name, text in named.items():
            path = tmp_path / name
            path.write_text(text, encoding="utf-8")
            paths.append(path)
        row = runs.start(paths, by=by, profile=profile, **more)
        outcome = (runs.check if dry else runs.load)(row, by=by)
        row.refresh_from_db()
        return Done(row, outcome)

    return run


@pytest.fixture
def state() -> Callable[[], dict[str, tuple[int, str]]]:
    """Every row of every table that an import can change, as a number and a fingerprint for each table."""

    def read() -> dict[str, tuple[int, str]]:
        found = {}
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(
                    f"""SELECT count(*), md5(coalesce(string_agg(md5(x::text), '' ORDER BY md5(x::text)), ''))
                        FROM {table} x"""
                )
                row = cursor.fetchone()
                found[table] = (int(row[0]), str(row[1]))
        return found

    return read
