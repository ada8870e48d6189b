"""Addresses of surveys, below /rate/. They stand in mails, so they stay as they are."""

from __future__ import annotations

from django.urls import path

from rapport.portal.surveys import views

app_name = "rate"

urlpatterns = [
    path("<str:token>/", views.survey, name="survey"),
    path("<str:token>/thanks/", views.thanks, name="thanks"),
    path("<str:token>/stop/", views.stop, name="stop"),
    path("<str:token>/<int:score>/", views.survey, name="score"),
]
