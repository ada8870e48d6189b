"""Writing down what became of an import: counts, problems, and what undoing needs."""

from __future__ import annotations

from django.db import connection

from rapport.imports.loading import Outcome
from rapport.imports.models import ImportProblem, ImportRun
from rapport.kernel import clock

_KEEP = """
INSERT INTO imports_rowbefore (run_id, place, row_id, row) SELECT %s, place, id, row FROM load_before
"""


def record(run: ImportRun, outcome: Outcome, status: ImportRun.Status) -> None:
    """Write the outcome to the run, in the transaction of the load or after it was taken back."""
    run.counts = {noun: counts.as_dict() for noun, counts in outcome.counts.items()}
    run.errors, run.warnings, run.progress = outcome.errors, outcome.warnings, outcome.read
    run.status, run.finished_at = status, clock.now()
    said = {(problem.code, run.files[problem.file]["name"]) for problem in outcome.problems}
    notes = [*run.notes, *(note for note in outcome.notes if note not in run.notes)]
    run.notes = [note for note in notes if (note["code"], note.get("file")) not in said]
    run.save()
    ImportProblem.objects.bulk_create(
        (
            ImportProblem(
                run=run,
                file=problem.file,
                row=problem.row,
                line=problem.line,
                column=problem.column[:200],
                value=problem.value[:200],
                code=problem.code,
                params=dict(problem.params),
                severity=problem.severity,
                cells=problem.cells and [cell.replace("\x00", "␀") for cell in problem.cells],
            )
            for problem in outcome.problems
        ),
        batch_size=2000,
    )
    if status == ImportRun.Status.LOADED:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [run.pk])
