"""An import that breaks off leaves nothing half written, says why, and can be started again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DataError

from rapport.customers.models import Customer
from rapport.imports import undoing
from rapport.imports.models import ImportRun
from rapport.imports.outcomes import Outcome
from rapport.imports.refused import refused_rows, write_refused
from rapport.imports.services import runs
from rapport.imports.tests.conftest import Import
from rapport.imports.tests.test_import_orders import LINES
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.permissions import Forbidden
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
State = Callable[[], dict[str, tuple[int, str]]]


def _start(folder: Path, text: str = LINES) -> ImportRun:
    path = folder / "orders.csv"
    path.write_text(text)
    return runs.start([path], by=SYSTEM)


def test_a_crash_in_the_middle_takes_everything_back(
    tmp_path: Path, cast: Cast, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, before = _start(tmp_path), state()
    with monkeypatch.context() as patched:
        patched.setattr(Outcome, "add_faults", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            runs.load(run, by=SYSTEM)
    run.refresh_from_db()
    assert (run.status, run.reason, state()) == ("failed", "division by zero", before)
    assert runs.load(run, by=SYSTEM).counts["line"].created == 3


def test_a_run_that_a_person_cancels_takes_everything_back(tmp_path: Path, cast: Cast, state: State) -> None:
    run, before = _start(tmp_path), state()

    def stop(step: str, _rows: int, _share: float) -> None:
        if step == "promises":
            raise runs.Cancelled

    with pytest.raises(runs.Cancelled):
        runs.load(run, by=SYSTEM, tell=stop)
    run.refresh_from_db()
    assert (run.status, state()) == ("cancelled", before)


def test_a_loaded_run_is_not_loaded_again(imported: Import) -> None:
    done = imported({"orders.csv": LINES})
    with pytest.raises(runs.NotNow):
        runs.load(done.run, by=SYSTEM)


def test_files_that_say_nothing_are_refused_in_one_line(tmp_path: Path, cast: Cast) -> None:
    empty, odd = tmp_path / "empty.csv", tmp_path / "odd.csv"
    empty.write_text("")
    odd.write_text("a,b\n1,2\n")
    with pytest.raises(runs.NothingToImport) as refused:
        runs.start([empty], by=SYSTEM)
    assert str(refused.value) == "empty.csv: The file is empty."
    with pytest.raises(runs.NothingToImport) as refused:
        runs.start([odd], by=SYSTEM)
    assert "odd.csv" in str(refused.value)


def test_a_broken_file_of_a_set_is_noted_and_the_others_are_loaded(tmp_path: Path, cast: Cast) -> None:
    good, broken = tmp_path / "orders.csv", tmp_path / "picture.csv"
    good.write_text(LINES)
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    run = runs.start([good, broken], by=SYSTEM)
    assert [(note["code"], note["file"]) for note in run.notes] == [("binary", "picture.csv")]
    assert runs.load(run, by=SYSTEM).counts["order"].created == 2


def test_refused_rows_come_back_as_a_file_to_mend(imported: Import, tmp_path: Path) -> None:
    done = imported("Name,Email,Note\n=cmd(),bad@,x\nAna,ana@example.com,y\nBo,b@example.com\n")
    lines = list(refused_rows(done.run, 0))
    assert lines[0] == "Row,Problem,Name,Email,Note\r\n"
    assert lines[1].startswith("2,Email: Not an e-mail address")
    assert lines[1].endswith("'=cmd(),bad@,x\r\n")
    assert lines[2] == "4,The row has 2 cells where the header has 3.,Bo,b@example.com\r\n"
    path = tmp_path / "refused.csv"
    write_refused(done.run, path)
    assert path.read_text().count("\n") == 3


def test_a_reader_may_not_import(tmp_path: Path, cast: Cast) -> None:
    run, carla = _start(tmp_path), actor(cast.carla)
    for act in (runs.load, runs.check, runs.undo):
        with pytest.raises(Forbidden):
            act(run, by=carla)
    with pytest.raises(Forbidden):
        runs.start([tmp_path / "orders.csv"], by=carla)
    assert Customer.objects.count() == 0


def test_a_marketer_may_import(tmp_path: Path, cast: Cast) -> None:
    dora: Actor = actor(cast.dora)
    outcome = runs.load(_start(tmp_path), by=dora)
    assert outcome.counts["customer"].created == 2


def test_another_mapping_can_be_given_before_loading(tmp_path: Path, cast: Cast) -> None:
    run = _start(tmp_path)
    mapping = run.mapping.replace('fields.name = "Product Name"\n', "")
    changed = runs.remap(run, mapping, by=SYSTEM)
    runs.load(changed, by=SYSTEM)
    changed.refresh_from_db()
    assert changed.status == "loaded"
    with pytest.raises(runs.NotNow):
        runs.remap(changed, mapping, by=SYSTEM)


def test_progress_tells_steps_rows_and_shares(tmp_path: Path, cast: Cast) -> None:
    run = _start(tmp_path)
    told: list[tuple[str, int, float]] = []
    runs.load(run, by=SYSTEM, tell=lambda *said: told.append(said))
    assert [(step, rows) for step, rows, _ in told] == [
        ("reading", 3), ("orders", 3), ("promises", 3), ("timeline", 3),
    ]  # fmt: skip
    assert [share for _, _, share in told] == [0.5, 0.6, 0.95, 0.97]
    told.clear()
    runs.undo(run, by=SYSTEM, tell=lambda *said: told.append(said))
    assert [step for step, _, _ in told] == ["looking", "promises", "orders", "customers", "events"]
    shares = [share for _, _, share in told]
    assert (shares, shares[-1]) == (sorted(shares), 0.9)


def test_an_undo_that_breaks_off_or_is_cancelled_leaves_the_run_loaded(
    imported: Import, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = imported({"orders.csv": LINES}).run
    before = state()

    def stop(step: str, _rows: int, _share: float) -> None:
        if step == "events":
            raise runs.Cancelled

    with pytest.raises(runs.Cancelled):
        runs.undo(run, by=SYSTEM, tell=stop)
    with monkeypatch.context() as patched:
        patched.setattr(undoing, "_FORGET", "SELECT 1 / 0 WHERE %(run)s IS NOT NULL")
        with pytest.raises(DataError):
            runs.undo(run, by=SYSTEM)
    run.refresh_from_db()
    assert (run.status, run.reason, state()) == ("loaded", "division by zero", before)
    runs.undo(run, by=SYSTEM)
    assert Customer.objects.count() == 0
