"""Every address of the product: the API, and the pages of each surface."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

handler500 = "rapport.ui.failures.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.account.urls")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("ui/", include("rapport.ui.urls")),
    path("api/", include("rapport.api.urls")),
    path("mail/", include("rapport.connectors.mail.urls")),
    path("phone/", include("rapport.connectors.phone.urls")),
    path("book/", include("rapport.portal.booking.urls")),
    path("chat/", include("rapport.portal.chat.urls")),
    path("help/", include("rapport.portal.help.urls")),
    path("rate/", include("rapport.portal.surveys.urls")),
    path("my/", include("rapport.portal.mine.urls")),
    path("", include("rapport.staff.urls")),
]
