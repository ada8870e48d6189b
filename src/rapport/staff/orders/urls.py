"""Addresses of orders, below /orders/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.listing.urls import paths
from rapport.staff.orders import views
from rapport.staff.orders.listings import ORDERS

urlpatterns = [
    *paths(ORDERS),
    path("add/", views.add, name="order_add"),
    path("<uuid:pk>/", views.order, name="order"),
    path("<uuid:pk>/returns/<uuid:goods>/receive/", views.receive, name="order_return_receive"),
    path("<uuid:pk>/<slug:name>/", views.act, name="order_act"),
]
