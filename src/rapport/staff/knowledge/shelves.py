"""The categories of the help centre."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.knowledge.models import Category
from rapport.knowledge.permissions import PUBLISH
from rapport.knowledge.services import shelves as verbs
from rapport.staff.knowledge.forms import ShelfForm
from rapport.staff.knowledge.tabs import tabs
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui.toasts import tell


@require_safe
def shelves(request: StaffRequest) -> HttpResponse:
    """List the categories, each below the one that it stands in."""
    request.actor.require(PUBLISH)
    live = Q(articles__archived_at__isnull=True)
    rows = list(Category.objects.annotate(held=Count("articles", filter=live)).select_related("parent"))
    context = {"tabs": tabs(request, "shelves"), "rows": _in_order(rows)}
    return render(request, "staff/knowledge/shelves.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a category."""
    request.actor.require(PUBLISH)
    form = ShelfForm(request.POST or None, languages=_others())
    if form.is_valid():
        made = verbs.add(by=request.actor, **form.values())
        tell(request, _("Category %(title)s added.") % {"title": made.title})
        return redirect("staff:shelves")
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a category."""
    request.actor.require(PUBLISH)
    row = get_object_or_404(Category, pk=pk)
    first = {name: getattr(row, name) for name in ("title", "text", "icon", "audience", "position")}
    titles = {f"title_{code}": row.words.get(code, {}).get("title", "") for code, _name in _others()}
    form = ShelfForm(request.POST or None, languages=_others(), initial={**first, **titles, "parent": row.parent_id})
    if form.is_valid():
        with told_by(form, {verbs.InItself: "parent"}):
            verbs.change(row, by=request.actor, **form.values())
            tell(request, _("Saved."))
            return redirect("staff:shelves")
    return _page(request, form, row)


@require_POST
def remove(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Remove an empty category."""
    row = get_object_or_404(Category, pk=pk)
    try:
        verbs.remove(row, by=request.actor)
    except verbs.NotEmpty as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:shelf", pk)
    tell(request, _("Category %(title)s removed.") % {"title": row.title})
    return redirect("staff:shelves")


def _others() -> list[tuple[str, str]]:
    """Return the languages beside the organisation's own."""
    own = organisation().language
    return [(code, str(name)) for code, name in settings.LANGUAGES if code != own]


def _in_order(rows: Sequence[Category]) -> list[tuple[int, Category]]:
    """Return each category with its depth, below the one that it stands in."""
    found: list[tuple[int, Category]] = []

    def put(parent: UUID | None, depth: int) -> None:
        for row in rows:
            if row.parent_id == parent:
                found.append((depth, row))
                put(row.pk, depth + 1)

    put(None, 0)
    return found


def _page(request: StaffRequest, form: ShelfForm, row: Category | None) -> HttpResponse:
    context = {"form": form, "category": row, "tabs": tabs(request, "shelves")}
    return render(request, "staff/knowledge/shelf.html", context, status=422 if form.is_bound else 200)
