"""Addresses of the chat, below /chat/."""

from __future__ import annotations

from django.urls import path

from rapport.portal.chat import frame, views

app_name = "chat"

urlpatterns = [
    path("widget.js", frame.script, name="script"),
    path("<slug:key>/", frame.frame, name="frame"),
    path("<slug:key>/look.css", frame.look, name="look"),
    path("<slug:key>/now/", views.now, name="now"),
    path("<slug:key>/say/", views.say, name="say"),
    path("<slug:key>/identify/", views.identify, name="identify"),
    path("<slug:key>/act/", views.act, name="act"),
    path("<slug:key>/files/<uuid:pk>/", views.file, name="file"),
]
