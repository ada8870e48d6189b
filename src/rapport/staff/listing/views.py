"""The pages of every list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.staff.listing import bulk_views, exporting, pages, saving, tabs
from rapport.staff.listing import columns as chooser
from rapport.staff.listing.answers import leading_to, over
from rapport.staff.listing.editing import editor
from rapport.staff.listing.nouns import Listing
from rapport.staff.requests import StaffRequest


@require_safe
def page(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Show a page of the list."""
    return pages.show(request, listing)


@require_safe
def condition(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Add a condition to the filter or change one, step by step; then lead back to the list."""
    wanted, _views = pages.read(request, listing)
    found = editor(wanted, request.GET)
    if isinstance(found, str):
        return leading_to(request, found)
    wrong = found.error or (found.form is not None and found.form.is_bound)
    return over(request, "staff/listing/condition", {"editor": found, "back": wanted.url()}, 422 if wrong else 200)


@require_safe
def columns(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Choose which columns the list shows, and in which order."""
    wanted, _views = pages.read(request, listing)
    if "chosen" in request.GET:
        return leading_to(request, wanted.url(columns=chooser.chosen(wanted, request.GET)))
    context = {
        "choices": chooser.choices(wanted), "action": request.path, "kept": wanted.kept(columns=""),
        "reset": wanted.url(columns=""), "add_field": chooser.add_field(wanted),
    }  # fmt: skip
    return over(request, "staff/listing/columns", context)


@require_safe
def counts(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Count the views and answer with the tabs."""
    wanted, views = pages.read(request, listing)
    for view in tabs.views_of(listing, wanted.look, views):
        tabs.counted(listing, wanted.look, view)
    context = {"tabs": tabs.tabs(wanted, views), "save_url": pages.beside(wanted, "save")}
    return render(request, "staff/listing/tabs_counted.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Keep the list as a view."""
    wanted, _views = pages.read(request, listing)
    form = saving.SaveForm(request.POST if request.method == "POST" else None, asked=wanted)
    if request.method == "POST" and form.is_valid():
        kept = form.keep(request.actor)  # type: ignore[attr-defined]
        return leading_to(request, tabs.address(listing, kept))
    context = {"form": form, "back": wanted.url(), "action": request.get_full_path()}
    return over(request, "staff/listing/save", context, 422 if form.is_bound else 200)


@require_safe
def export(request: HttpRequest, listing: Listing, kind: str) -> HttpResponseBase:
    """Answer with the rows as a file."""
    wanted, _views = pages.read(request, listing)
    return exporting.answer(wanted, kind)


@require_POST
def bulk(request: StaffRequest, listing: Listing, verb: str) -> HttpResponse:
    """Ask what the verb needs to know, then do it to the selected rows."""
    wanted, _views = pages.read(request, listing)
    return bulk_views.answer(request, wanted, verb)
