"""How allauth signs staff in: by e-mail and password; nobody signs up by themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes open sign-up: users are invited, the first one is made by the set-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: staff accounts are made by an administrator."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about the account, on an installation that has a mail server."""
        if settings.SENDS_MAIL:
            super().send_mail(template_prefix, email, context)
