"""The door of the back office: first set up, then sign in; and what a refusal looks like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rapport.customers.services.customers import MergedAway
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.team.models import User
from rapport.team.queries import NotSetUp
from rapport.ui import toasts

OPEN = ("/api/", "/ui/style/", "/ui/look/")
SET_UP = "staff:setup"


class StaffDoor(LoginRequiredMiddleware):
    """Lets nobody in who has not signed in, and leads the first visitor of a fresh installation to its set-up.

    Views that anybody may see say so by `login_not_required`; the API has a door of its own.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Return a redirect to the set-up or the sign-in, or None to let the view answer."""
        if request.path.startswith(OPEN) or request.user.is_authenticated:
            return None
        match = request.resolver_match
        if (match is None or match.view_name != SET_UP) and not User.objects.exists():
            return leading_to(request, SET_UP)
        if not getattr(view_func, "login_required", True):
            return None
        if request.headers.get("HX-Request") == "true":
            return leading_to(request, "account_login")
        answer: HttpResponseBase = self.handle_no_permission(request, view_func)
        return answer


class Refusals:
    """Turns what the kernel refuses into pages: beyond reach is 404, within reach but not allowed is 403.

    Who was merged into another leads to that one, whose page says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer `request`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Return the page for a refusal, None for anything else."""
        if isinstance(exception, NotSetUp):
            return leading_to(request, SET_UP)
        if isinstance(exception, Forbidden):
            return refused(request, 403, _("Your role does not allow this."))
        if isinstance(exception, OutOfReach):
            return refused(request, 404, _("This is not among the customers you can see."))
        if isinstance(exception, MergedAway) and exception.survivor is not None:
            toasts.tell(request, str(exception), tone="neutral")
            return leading_to(request, "staff:customer", exception.survivor.pk)
        return None


def refused(request: HttpRequest, status: int, words: str) -> HttpResponse:
    """Return the error page of `status`; a part of a page gets the words as a toast."""
    if request.headers.get("HX-Request") == "true":
        toasts.tell(request, words, tone="bad")
        return HttpResponse(status=status)
    return render(request, f"{status}.html", status=status)


def leading_to(request: HttpRequest, url_name: str, *keys: object) -> HttpResponseBase:
    """Return a redirect of the whole page, also when htmx asked for a part of it."""
    answer = redirect(url_name, *keys)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    return answer
