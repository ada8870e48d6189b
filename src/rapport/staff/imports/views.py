"""The pages of imports."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from rapport.customers.permissions import IMPORT
from rapport.imports.jobs import forget_files
from rapport.imports.models import ImportRun, SavedMapping
from rapport.imports.profiles import BadProfile
from rapport.imports.reading import FileError
from rapport.imports.refused import refused_rows
from rapport.imports.services import mappings, runs
from rapport.kernel.permissions import OutOfReach
from rapport.staff.imports import telling, uploads
from rapport.staff.imports.forms import UploadForm, profile_label
from rapport.staff.imports.mapping import MappingForm, checked
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

PAGE = 20
REFUSALS: Fields = {runs.NothingToImport: "uploads", BadProfile: "profile", FileError: "uploads"}
STOP_POLLING = 286
OPEN = frozenset({"new", "checked", "failed", "cancelled"})


class TextForm(forms.Form):
    """A mapping as text."""

    toml = forms.CharField(label=gettext_lazy("Mapping"), max_length=200_000, widget=forms.Textarea({"rows": 24}))


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: StaffRequest) -> HttpResponse:
    """List the imports, and take files for another one."""
    request.actor.require(IMPORT)
    form = UploadForm(request.actor, request.POST or None, request.FILES or None)
    if form.is_valid() and (run := _start(form, request)):
        return redirect("staff:import", run.pk)
    rows = ImportRun.objects.visible_to(request.actor).order_by("-created_at", "-id")
    context = {
        "form": form,
        "mappings": SavedMapping.objects.all(),
        "runs": [(row, telling.headline(row), telling.TONES.get(row.status, "neutral")) for row in rows[:PAGE]],
    }
    return render(request, "staff/imports/list.html", context, status=422 if form.is_bound else 200)


@require_safe
def show(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show an import: what was recognised, what the dry run found, how far it is, or what it did."""
    run = _run(request, pk)
    context: dict[str, Any] = {
        "run": run,
        "tone": telling.TONES.get(run.status, "neutral"),
        "profile": profile_label(run.profile),
        "active": active(run),
        "waiting": waiting(run),
        "notes": telling.notes(run),
        "counts": telling.counts(run),
        "lists": telling.lists(run, request.actor),
        "problems": telling.problems(run),
        "by_column": telling.by_column(run),
        "refused": telling.has_errors_in(run),
        "undo": telling.undo_says(run),
        "step": {"new": 2, "checking": 3, "checked": 3, "loading": 4, "loaded": 4}.get(run.status, 4),
        "steps": [_("Files"), _("Mapping"), _("Dry run"), _("Import")],
    }
    return render(request, "staff/imports/run.html", context)


@require_safe
def progress(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Tell how far an import is, once a second; when it ended, the whole page comes anew."""
    run = _run(request, pk)
    if active(run):
        return render(request, "staff/imports/progress.html", {"run": run, "waiting": waiting(run)})
    return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show and change which column becomes what."""
    run = _run(request, pk)
    if run.status not in OPEN:
        return redirect("staff:import", run.pk)
    as_text = "toml" in request.POST
    text = TextForm(request.POST if as_text else None, initial={"toml": run.mapping})
    try:
        form = MappingForm(run, request.actor, request.POST if request.method == "POST" and not as_text else None)
    except BadProfile as refusal:
        tell(request, str(refusal), tone="warn")
        return redirect("staff:import", run.pk)
    if text.is_valid():
        with told_by(text, {BadProfile: "toml", runs.NothingToImport: "toml"}):
            runs.remap(run, checked(text.cleaned_data["toml"]), by=request.actor)
            return redirect("staff:import", run.pk)
    if form.is_valid():
        with told_by(form, {BadProfile: None, runs.NothingToImport: None}):
            runs.remap(run, form.toml(), by=request.actor)
            tell(request, _("Mapping saved."))
            return redirect("staff:import", run.pk)
    context = {"run": run, "form": form, "text": text}
    return render(request, "staff/imports/mapping.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def go(request: StaffRequest, pk: UUID, what: str) -> HttpResponse:
    """Check, load or undo in the background."""
    run = _run(request, pk)
    if run.status not in ({"loaded"} if what == "undo" else OPEN):
        tell(request, _("This import is %(status)s.") % {"status": run.get_status_display()}, tone="warn")
        return redirect("staff:import", run.pk)
    task = app.configure_task(f"imports.{what}", queue="imports", queueing_lock=_lock(run), lock=_lock(run))
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(run=str(run.pk), user=str(request.user.pk))
    return redirect("staff:import", run.pk)


@require_POST
def remember(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Keep the mapping of an import under a name, for files that look alike."""
    run = _run(request, pk)
    try:
        kept = mappings.remember(run, request.POST.get("name", ""), by=request.actor)
    except mappings.BadName as refusal:
        tell(request, str(refusal), tone="warn")
    else:
        tell(request, _("Files with these columns are read as “%(name)s” from now on.") % {"name": kept.name})
    return redirect("staff:import", run.pk)


@require_POST
def forget_mapping(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Forget a mapping that somebody named."""
    request.actor.require(IMPORT)
    mapping = get_object_or_404(SavedMapping, pk=pk)
    mappings.forget(mapping, by=request.actor)
    tell(request, _("The mapping “%(name)s” is forgotten.") % {"name": mapping.name})
    return redirect("staff:imports")


@require_POST
def cancel(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask a run that is under way to stop."""
    run = _run(request, pk)
    runs.cancel(run, by=request.actor)
    tell(request, _("It stops; what it did so far is taken back."), tone="neutral")
    return redirect("staff:import", run.pk)


@require_POST
def forget(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take an import that was never loaded off the list, with its files."""
    run = _run(request, pk)
    if run.status not in OPEN:
        raise Http404
    forget_files(run)
    run.delete()
    tell(request, _("Forgotten, with its files."))
    return redirect("staff:imports")


@require_safe
def errors(request: StaffRequest, pk: UUID, file: int) -> HttpResponseBase:
    """Answer with the refused rows of one file, to be mended and imported again."""
    run = _run(request, pk)
    if file >= len(run.files):
        raise Http404
    name = Path(telling.file_name(run, file)).stem or "rows"
    answer = StreamingHttpResponse(refused_rows(run, file), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{uploads.safe_name(name, file)}-errors.csv"'
    return answer


def _start(form: UploadForm, request: StaffRequest) -> ImportRun | None:
    """Keep the files and note the import, or tell what was refused and keep nothing."""
    given = form.cleaned_data
    paths = uploads.keep(given["uploads"])
    with told_by(form, REFUSALS):
        return runs.start(
            paths, by=request.actor, profile=given["profile"], overwrite=given["overwrite"], settings=form.said()
        )
    forget_files(ImportRun(files=[{"path": str(path)} for path in paths]))
    return None


def _run(request: StaffRequest, pk: UUID) -> ImportRun:
    request.actor.require(IMPORT)
    found = ImportRun.objects.visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise OutOfReach
    return found


def waiting(run: ImportRun) -> bool:
    """Return whether a step of this import was asked for that no worker has begun yet."""
    return ProcrastinateJob.objects.filter(queueing_lock=_lock(run), status="todo").exists()


def active(run: ImportRun) -> bool:
    """Return whether an import is under way or about to be."""
    return run.status in telling.ACTIVE or waiting(run)


def _lock(run: ImportRun) -> str:
    return f"import-{run.pk}"
