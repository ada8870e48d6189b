"""What may happen to an import: started, checked, loaded, cancelled, undone.

A load is one transaction: everything of it is there or nothing, so a crash leaves nothing half written, and a run
that broke off is simply started again. Its progress is told over a connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rapport.customers.permissions import IMPORT
from rapport.imports import undoing
from rapport.imports.doubting import probable_duplicates
from rapport.imports.loading import Cancelled, Loading, Outcome
from rapport.imports.models import ImportRun
from rapport.imports.profiles import BadProfile
from rapport.imports.profiles.writing import as_toml
from rapport.imports.progress import Listener, Progress
from rapport.imports.recording import record
from rapport.imports.sets import FileSet, open_set
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.objects.models import ObjectType
from rapport.objects.permissions import CHANGE

Status = ImportRun.Status
NAMED = 5


class NothingToImport(ValueError):
    """No file of the set fits the mapping, or none can be read."""


class NotNow(ValueError):
    """The run is not in a state in which this can happen."""


@verb(IMPORT)
def start(
    paths: Sequence[Path],
    *,
    by: Actor,
    profile: str = "",
    overwrite: bool = False,
    settings: dict[str, Any] | None = None,
) -> ImportRun:
    """Note a set of files to be imported, and return the run; nothing is read beyond headers and samples.

    `profile` is a name, the noun of a custom object, the path of a mapping or the mapping itself as TOML; without it
    one is recognised, or suggested from the headers. `settings` can say delimiter, encoding, decimal, date_order,
    sheet, currency, country, zone and rates. Raises `NothingToImport`, `BadProfile`.
    """
    files = open_set(paths, profile, settings or {}, by)
    if not files.useful:
        raise NothingToImport(files.why_nothing())
    return ImportRun.objects.create(
        files=files.as_list(),
        profile=files.found.profile.name,
        mapping=as_toml(files.found.profile),
        settings=settings or {},
        overwrite=overwrite,
        notes=files.notes(),
        user_id=by.user_id,
        actor_name=by.name[:120],
        created_at=clock.now(),
    )


@verb(IMPORT)
def remap(run: ImportRun, mapping: str, *, by: Actor) -> ImportRun:
    """Give a run that has not been loaded another mapping (TOML). Raises `NotNow`, `BadProfile`, `NothingToImport`."""
    row = _locked(run, Status.NEW, Status.CHECKED, Status.FAILED, Status.CANCELLED)
    files = open_set(row_paths(row), mapping, row.settings, by)
    if not files.useful:
        raise NothingToImport(files.why_nothing())
    row.mapping, row.profile, row.notes = as_toml(files.found.profile), files.found.profile.name, files.notes()
    row.files, row.status, row.counts = files.as_list(), Status.NEW, {}
    row.problems.all().delete()
    row.save()
    return row


def check(run: ImportRun, *, by: Actor, tell: Listener | None = None) -> Outcome:
    """Do everything a load does over all rows, and take it back: the counts and the problems are exact.

    Raises `NotNow`, `Forbidden`.
    """
    return _go(run, by, dry=True, tell=tell)


def load(run: ImportRun, *, by: Actor, tell: Listener | None = None) -> Outcome:
    """Load the files of a run. Raises `NotNow`, `Forbidden`, and what made it fail."""
    return _go(run, by, dry=False, tell=tell)


@verb(IMPORT)
def cancel(run: ImportRun, *, by: Actor) -> None:
    """Ask a run that is under way to stop; what it did so far is taken back."""
    under_way = (Status.CHECKING, Status.LOADING, Status.UNDOING)
    ImportRun.objects.filter(pk=run.pk, status__in=under_way).update(cancel_asked_at=clock.now())
    ImportRun.objects.filter(pk=run.pk, status=Status.NEW).update(status=Status.CANCELLED, finished_at=clock.now())


def undo(run: ImportRun, *, by: Actor, tell: Listener | None = None) -> undoing.Undone:
    """Bring back the state before a run: what it added goes, what it changed is as before.

    Rows that people, rules or other imports changed since stay as they are and are told. Raises `NotNow`, `Forbidden`,
    and what made it fail, after which the run is loaded as before.
    """
    by.require(IMPORT)
    for kind in ObjectType.known().values():
        if kind.noun in run.counts:
            by.require(kind.right_for(CHANGE))
    with transaction.atomic():
        row = _begun(_locked(run, Status.LOADED), Status.UNDOING)
    with _told(row, tell, failed=Status.LOADED, cancelled=Status.LOADED) as progress, transaction.atomic():
        undone = undoing.undo(row, progress)
        row.status, row.undone_at = Status.UNDONE, clock.now()
        if undone.kept:
            names = ", ".join(name for _, name in undone.kept[:NAMED] if name)
            row.notes = [*row.notes, {"code": "kept", "detail": str(len(undone.kept)), "names": names}]
        row.save()
    return undone


def row_paths(run: ImportRun) -> list[Path]:
    """Where the files of a run are."""
    return [Path(file["path"]) for file in run.files]


def _locked(run: ImportRun, *states: ImportRun.Status) -> ImportRun:
    row = ImportRun.objects.select_for_update().get(pk=run.pk)
    if row.status not in states:
        raise NotNow(_("This import is %(status)s.") % {"status": row.get_status_display()})
    return row


def _go(run: ImportRun, by: Actor, *, dry: bool, tell: Listener | None) -> Outcome:
    by.require(IMPORT)
    with transaction.atomic():
        row = _locked(run, Status.NEW, Status.CHECKED, Status.FAILED, Status.CANCELLED)
        row.started_at, row.finished_at = clock.now(), None
        _begun(row, Status.CHECKING if dry else Status.LOADING)
        row.problems.all().delete()
    with _told(row, tell, failed=Status.FAILED, cancelled=Status.CANCELLED) as progress:
        return _loaded(row, by, progress, dry=dry)


def _begun(row: ImportRun, status: ImportRun.Status) -> ImportRun:
    row.status, row.progress, row.share, row.reason, row.cancel_asked_at = status, 0, 0, "", None
    row.save()
    return row


@contextmanager
def _told(
    row: ImportRun, tell: Listener | None, *, failed: ImportRun.Status, cancelled: ImportRun.Status
) -> Iterator[Progress]:
    """Tell how far work on a run is, and how it ended when it did not end well."""
    with Progress(row, tell) as progress:
        try:
            yield progress
        except Cancelled:
            progress.finish(cancelled)
            raise
        except BaseException as failure:
            progress.finish(failed, str(failure) or type(failure).__name__)
            raise


def _loaded(row: ImportRun, by: Actor, progress: Progress, *, dry: bool) -> Outcome:
    files: FileSet = open_set(row_paths(row), row.mapping, row.settings, by)
    actor = by.because_of(row.pk)
    with transaction.atomic():
        outcome = Loading(files, _importing(actor), progress, overwrite=row.overwrite).run()
        if dry:
            outcome.notes += probable_duplicates()
            transaction.set_rollback(True)
        else:
            record(row, outcome, Status.LOADED)
    if dry:
        with transaction.atomic():
            record(row, outcome, Status.CHECKED)
    return outcome


def _importing(actor: Actor) -> Actor:
    return replace(actor, via="import")


__all__ = [
    "BadProfile",
    "Cancelled",
    "NotNow",
    "NothingToImport",
    "Outcome",
    "cancel",
    "check",
    "load",
    "remap",
    "row_paths",
    "start",
    "undo",
]
