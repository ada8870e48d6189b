"""Every address of the back office; each package of pages brings its own."""

from __future__ import annotations

from django.urls import include, path

app_name = "staff"

urlpatterns = [
    path("", include("rapport.staff.today.urls")),
    path("setup/", include("rapport.staff.setup.urls")),
    path("me/", include("rapport.staff.account.urls")),
    path("customers/", include("rapport.staff.record.urls")),
]
