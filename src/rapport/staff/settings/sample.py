"""The sample business: loading it in the background, and removing it with one click."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from rapport.demo.services import held, remove
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.permissions import SETTINGS
from rapport.team.queries import organisation
from rapport.ui import formats
from rapport.ui.toasts import tell

LOCK = "demo.load"


@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: StaffRequest) -> HttpResponse:
    """Say what there is of the sample business, and load it."""
    request.actor.require(SETTINGS)
    firm = organisation()
    if request.method == "POST" and firm.sample_since is None:
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task("demo.load", queue="imports", queueing_lock=LOCK).defer(user=str(request.user.pk))
        return redirect("staff:sample")
    context: dict[str, object] = {"firm": firm, "held": held(), "loading": loading()}
    return part(request, "sample", context)


@require_POST
def take_away(request: StaffRequest) -> HttpResponse:
    """Remove everything of the sample business."""
    gone = remove(by=request.actor)
    numbers = {
        "customers": formats.number(gone.customers),
        "orders": formats.number(gone.orders),
        "products": formats.number(gone.products),
    }
    tell(request, _("Removed: %(customers)s customers, %(orders)s orders, %(products)s products.") % numbers)
    return redirect("staff:sample")


def loading() -> bool:
    """Return whether the sample business is being loaded or about to be."""
    return ProcrastinateJob.objects.filter(task_name="demo.load", status__in=["todo", "doing"]).exists()
