"""Comparisons of products: writing, publishing, removing."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.knowledge.models import Comparison
from rapport.knowledge.permissions import PUBLISH, VIEW, WRITE
from rapport.knowledge.services import comparisons as verbs
from rapport.knowledge.services.comparisons import Compared
from rapport.staff.knowledge.forms import ComparisonForm
from rapport.staff.knowledge.tabs import tabs
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell


@require_safe
def comparisons(request: StaffRequest) -> HttpResponse:
    """List the comparisons."""
    request.actor.require(VIEW)
    rows = Comparison.objects.visible_to(request.actor).prefetch_related("compared__product")
    context = {"tabs": tabs(request, "comparisons"), "rows": rows, "may_write": request.actor.may(WRITE)}
    return render(request, "staff/knowledge/comparisons.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: UUID | None = None) -> HttpResponse:
    """Write a comparison."""
    request.actor.require(WRITE)
    row = get_object_or_404(Comparison.objects.visible_to(request.actor), pk=pk) if pk else None
    form = ComparisonForm(request.POST or None, initial=_first(row))
    if form.is_valid():
        given = form.cleaned_data
        products = [Compared(product, best) for product, best in given.pop("products")]
        with told_by(form, {verbs.TooFew: "products", verbs.NoTitle: "title"}):
            made = verbs.save(row, by=request.actor, products=products, **given)
            tell(request, _("Saved."))
            return redirect("staff:comparison", made.pk)
    context = {
        "form": form,
        "row": row,
        "tabs": tabs(request, "comparisons"),
        "may_publish": request.actor.may(PUBLISH),
    }
    return render(request, "staff/knowledge/comparison.html", context, status=422 if form.is_bound else 200)


@require_POST
def act(request: StaffRequest, pk: UUID, act: str) -> HttpResponse:
    """Publish, withdraw or remove a comparison."""
    row = get_object_or_404(Comparison.objects.visible_to(request.actor), pk=pk)
    if act == "publish":
        verbs.publish_comparison(row, by=request.actor)
        tell(request, _("Published."))
    elif act == "withdraw":
        verbs.withdraw(row, by=request.actor)
        tell(request, _("Withdrawn."))
    elif act == "remove":
        verbs.remove(row, by=request.actor)
        tell(request, _("Removed."))
        return redirect("staff:comparisons")
    else:
        raise Http404
    return redirect("staff:comparison", pk)


def _first(row: Comparison | None) -> dict[str, object]:
    """Return what the form begins with: the tables as lines of text."""
    if row is None:
        return {}
    compared = row.compared.select_related("product")
    products = [f"{one.product.sku} | {one.best_for}" if one.best_for else one.product.sku for one in compared]
    return {
        "title": row.title,
        "text": row.text,
        "audience": row.audience,
        "products": "\n".join(products),
        "rows": "\n".join(" | ".join(line) for line in row.rows),
    }
