"""Every address of the back office; each package of pages brings its own."""

from __future__ import annotations

from django.urls import include, path

app_name = "staff"

urlpatterns = [
    path("", include("rapport.staff.today.urls")),
    path("setup/", include("rapport.staff.setup.urls")),
    path("inbox/", include("rapport.staff.inbox.urls")),
    path("tickets/", include("rapport.staff.tickets.urls")),
    path("insight/", include("rapport.staff.insight.urls")),
    path("imports/", include("rapport.staff.imports.urls")),
    path("settings/", include("rapport.staff.settings.urls")),
    path("me/", include("rapport.staff.account.urls")),
    path("customers/", include("rapport.staff.record.urls")),
    path("customers/", include("rapport.staff.customers.urls")),
    path("customers/", include("rapport.staff.duplicates.urls")),
    path("orders/", include("rapport.staff.orders.urls")),
    path("calendar/", include("rapport.staff.meetings.urls")),
    path("promises/", include("rapport.staff.promises.urls")),
    path("feedback/", include("rapport.staff.feedback.urls")),
    path("segments/", include("rapport.staff.segments.urls")),
    path("objects/", include("rapport.staff.objects.urls")),
    path("knowledge/", include("rapport.staff.knowledge.urls")),
    path("runs/", include("rapport.staff.listing.run_urls")),
    path("views/", include("rapport.staff.views.urls")),
]
