"""How allauth signs staff in: by e-mail and password; nobody signs up by themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from rapport.kernel.written import KEY, Written
from rapport.team.models import User

_users = Written()


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes open sign-up: users are invited, the first one is made by the set-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: staff accounts are made by an administrator."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about the account, on an installation that has a mail server."""
        if settings.SENDS_MAIL:
            super().send_mail(template_prefix, email, context)


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]
    """Finds who is signed in together with their role, which every page asks for, in one question."""

    def get_user(self, user_id: UUID | str) -> User | None:
        """Return the user who is signed in, or None when they may not be any more."""
        found = _users.objects("all", lambda: User.objects.select_related("role").filter(pk=KEY), {KEY: user_id})
        return next((user for user in found if self.user_can_authenticate(user)), None)
