"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from rapport.api import reference
from rapport.api.v1.routes import api

urlpatterns = [
    path("v1/docs", reference.page, name="api-reference"),
    path("v1/openapi.json", reference.openapi, name="api-openapi"),
    path("v1/", api.urls),
]
