"""Pinning, sharing and forgetting a saved view, each with its way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.kernel.permissions import Forbidden
from rapport.staff.listing import tabs
from rapport.staff.listing.nouns import Listing, UnknownListing, listing_named
from rapport.staff.requests import StaffRequest
from rapport.team.models import SavedView
from rapport.team.permissions import VIEWS_SHARE
from rapport.team.services import views
from rapport.ui.toasts import tell

SALT = "saved-view"
KEPT = ("noun", "name", "condition", "columns", "sort", "shared", "pinned")


@require_POST
def pin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a view in the rail, or no longer."""
    view, listing = _view(request, pk)
    views.pin(view, by=request.actor, pinned=not view.pinned)
    words = _("Pinned to the side.") if view.pinned else _("No longer pinned.")
    tell(request, words, undo=reverse("staff:view_pin", args=[view.pk]))
    return redirect(tabs.address(listing, view))


@require_POST
def share(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a view to everybody, or to its owner alone."""
    view, listing = _view(request, pk)
    views.share(view, by=request.actor, shared=not view.shared)
    words = _("Everybody sees this view now.") if view.shared else _("Only you see this view now.")
    tell(request, words, undo=reverse("staff:view_share", args=[view.pk]))
    return redirect(tabs.address(listing, view))


@require_POST
def forget(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Delete a view; the toast brings it back."""
    view, listing = _view(request, pk)
    kept = signing.dumps({name: getattr(view, name) for name in KEPT}, salt=SALT, compress=True)
    mine = view.owner_id == request.actor.user_id
    views.forget(view, by=request.actor)
    undo = reverse("staff:view_restore", args=[kept]) if mine else ""
    tell(request, _("Forgot the view “%(name)s”.") % {"name": view.name}, undo=undo)
    return redirect(listing.at())


@require_POST
def restore(request: StaffRequest, kept: str) -> HttpResponse:
    """Bring back a view that was just forgotten."""
    try:
        values: dict[str, Any] = signing.loads(kept, salt=SALT, max_age=24 * 60 * 60)
    except signing.BadSignature as error:
        raise Http404 from error
    try:
        listing = listing_named(values["noun"])
    except UnknownListing as error:
        raise Http404 from error
    shared = values.pop("shared") and request.actor.may(VIEWS_SHARE)
    view = views.save(values.pop("noun"), values.pop("name"), by=request.actor, shared=shared, **values)
    return redirect(tabs.address(listing, view))


def _view(request: StaffRequest, pk: UUID) -> tuple[SavedView, Listing]:
    """Return a view that the reader sees, and its list; raises `Http404`, and `Forbidden` for a list beyond them."""
    view = SavedView.objects.filter(pk=pk).first()
    if view is None:
        raise Http404
    if view.owner_id != request.actor.user_id and not view.shared:
        raise Http404
    try:
        listing = listing_named(view.noun)
    except UnknownListing as error:
        raise Http404 from error
    if not request.actor.may(listing.right):
        raise Forbidden(listing.right)
    return view, listing
