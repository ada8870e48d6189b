"""The headers that keep a page from running or loading anything that is not ours."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from rapport.kernel import live

POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeadersMiddleware:
    """Sets the headers on every answer that does not set its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer `request` with the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy(request))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def policy(request: HttpRequest) -> str:
    """Return the policy of a page, which may also listen to the live process where that has an origin of its own."""
    try:
        there = urlsplit(live.origin(request))
    except DisallowedHost:
        return POLICY
    own = f" {there.scheme}://{there.netloc}" if there.netloc else ""
    return POLICY.replace("connect-src 'self'", f"connect-src 'self'{own}")
