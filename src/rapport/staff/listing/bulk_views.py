"""Asking what a bulk verb needs to know, starting it, and telling how far it is and what it did."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.kernel import clock
from rapport.staff.listing import bulk
from rapport.staff.listing.answers import leading_to, over
from rapport.staff.listing.asked import Asked
from rapport.staff.listing.counting import count, expected
from rapport.staff.listing.nouns import BulkVerb, listing_named
from rapport.staff.models import BulkRun
from rapport.staff.requests import StaffRequest
from rapport.ui import formats
from rapport.ui.toasts import tell


def answer(request: StaffRequest, asked: Asked, key: str) -> HttpResponse:
    """Ask, or do: a verb that destroys, asks for something or goes beyond the page is confirmed first."""
    verb = next((one for one in asked.listing.verbs if one.key == key), None)
    if verb is None:
        raise Http404
    request.actor.require(verb.right)
    ids = None if request.POST.get("everything") else _ids(request)
    home = back(request, asked)
    if ids == []:
        tell(request, _("Select rows first."), tone="warn")
        return leading_to(request, home)
    go = "go" in request.POST
    form = bulk.form_of(verb, request.POST if go else None)
    asks = form is not None or verb.danger or ids is None
    if asks and not (go and (form is None or form.is_valid())):
        number = len(ids) if ids is not None else _number(asked)
        context = {
            "verb": verb, "form": form, "ids": ids, "what": asked.listing.counted(number), "back": home,
            "action": request.get_full_path(),
        }  # fmt: skip
        return over(request, "staff/listing/confirm", context, 422 if form is not None and form.is_bound else 200)
    given = {name: request.POST.get(name, "") for name in form.fields} if form else {}
    made = bulk.start(asked, verb, ids, given, by=request.actor)
    return _told(request, made, verb, home)


def back(request: StaffRequest, asked: Asked) -> str:
    """Return where one came from: the page of this site that the address names, else the list."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else asked.url()


def _number(asked: Asked) -> int:
    """Return how many rows are asked for, or about how many."""
    rows = asked.rows()
    return count(rows, expected(rows, filtered=True)).number


def _told(request: StaffRequest, made: BulkRun, verb: BulkVerb, back: str) -> HttpResponse:
    """Lead back to the list and say what was done; to the progress when it goes on, or when rows were refused."""
    if made.ended_at is None or made.refused_count:
        return _leaving(request, reverse("staff:run", args=[made.pk]))
    can_undo = verb.undo is not None and made.done and made.undo_of_id is None
    tell(request, words(made), undo=reverse("staff:run_undo", args=[made.pk]) if can_undo else "")
    return leading_to(request, back)


def _leaving(request: StaffRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def words(made: BulkRun) -> str:
    """Return in words what a run did."""
    if made.undo_of_id:
        return _("Undone.")
    return bulk.verb_of(made).done(made.done) % {"n": formats.number(made.done)}


def _ids(request: StaffRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("ids"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _own(request: StaffRequest, pk: UUID) -> BulkRun:
    made = BulkRun.objects.filter(pk=pk, user=request.user).select_related("user").first()
    if made is None:
        raise Http404
    return made


@require_safe
def progress(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show how far a run is and, in the end, what it did; htmx asks for the middle of the page again and again."""
    made = _own(request, pk)
    verb = bulk.verb_of(made)
    context = {
        "run": made, "verb": verb, "words": words(made), "running": made.ended_at is None,
        "back": listing_named(made.listing).at(), "more": made.refused_count - len(made.refused),
        "undone": BulkRun.objects.filter(undo_of=made).exists(),
        "can_undo": verb.undo is not None and made.done > 0 and made.undo_of_id is None,
    }  # fmt: skip
    template = "staff/listing/run_middle.html" if request.htmx.target == "run" else "staff/listing/run.html"
    return render(request, template, context)


@require_POST
def cancel(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Stop a run after the rows it is at; what is done stays done and can be undone."""
    made = _own(request, pk)
    BulkRun.objects.filter(pk=made.pk, ended_at__isnull=True, cancelled_at__isnull=True).update(
        cancelled_at=clock.now()
    )
    return HttpResponseRedirect(reverse("staff:run", args=[made.pk]))


@require_POST
def undo(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take back what a run did."""
    made = _own(request, pk)
    verb = bulk.verb_of(made)
    if verb.undo is None or made.undo_of_id:
        raise Http404
    request.actor.require(verb.right)
    undone = bulk.undo(made, by=request.actor)
    return _told(request, undone, verb, listing_named(made.listing).at())
