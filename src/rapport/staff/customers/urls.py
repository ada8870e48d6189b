"""Addresses of the customers list, of adding and changing one, and of the trash, below /customers/."""

from __future__ import annotations

from django.urls import include, path

from rapport.staff.customers import views
from rapport.staff.customers.listings import CUSTOMERS, TRASH
from rapport.staff.listing.urls import paths

urlpatterns = [
    *paths(CUSTOMERS),
    path("trash/", include(paths(TRASH))),
    path("add/", views.add, name="customer_add"),
    path("twins/", views.twins, name="customer_twins"),
    path("companies/", views.companies, name="customer_companies"),
    path("suggest/", views.suggest, name="customer_suggest"),
    path("<uuid:pk>/edit/", views.edit, name="customer_edit"),
    path("<uuid:pk>/unedit/", views.unedit, name="customer_unedit"),
]
