"""The jobs of imports: checking, loading and undoing, for whoever started them."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from rapport.imports.models import ImportRun
from rapport.imports.services import runs
from rapport.team.models import User
from rapport.team.queries import actor_for

UPLOADS = "imports"


@app.task(name="imports.check", queue="imports")
def check(*, run: str, user: str) -> None:
    """Check all rows of an import."""
    with suppress(runs.Cancelled, runs.NotNow):
        runs.check(taken_up(run), by=actor_for(User.objects.get(pk=user)))


@app.task(name="imports.load", queue="imports")
def load(*, run: str, user: str) -> None:
    """Load an import; files that were uploaded for it are not needed any more."""
    row = taken_up(run)
    with suppress(runs.Cancelled, runs.NotNow):
        runs.load(row, by=actor_for(User.objects.get(pk=user)))
        forget_files(row)


@app.task(name="imports.undo", queue="imports")
def undo(*, run: str, user: str) -> None:
    """Bring back the state before an import."""
    with suppress(runs.Cancelled, runs.NotNow):
        runs.undo(taken_up(run), by=actor_for(User.objects.get(pk=user)))


def taken_up(run: str) -> ImportRun:
    """Return a run to work on. One that a killed worker left behind is free again: nothing of it was written."""
    rows = ImportRun.objects.filter(pk=run)
    rows.filter(status__in=[ImportRun.Status.CHECKING, ImportRun.Status.LOADING]).update(status=ImportRun.Status.FAILED)
    rows.filter(status=ImportRun.Status.UNDOING).update(status=ImportRun.Status.LOADED)
    return ImportRun.objects.get(pk=run)


def forget_files(run: ImportRun) -> None:
    """Delete the files that were uploaded for a run; files of the person's own stay."""
    uploads = Path(settings.MEDIA_ROOT) / UPLOADS
    for path in runs.row_paths(run):
        if path.parent.parent == uploads:
            shutil.rmtree(path.parent, ignore_errors=True)
