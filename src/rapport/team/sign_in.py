"""How allauth signs staff in: by e-mail and password; nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes open sign-up: users are invited, the first one is made by the set-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: staff accounts are made by an administrator."""
        return False
