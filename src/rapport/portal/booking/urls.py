"""Addresses of the booking pages, below /book/."""

from __future__ import annotations

from django.urls import path

from rapport.portal.booking import views

app_name = "book"

urlpatterns = [
    path("mine/<str:token>/", views.manage, name="manage"),
    path("<slug:slug>/", views.book, name="book"),
    path("<slug:slug>/thanks/", views.thanks, name="thanks"),
]
