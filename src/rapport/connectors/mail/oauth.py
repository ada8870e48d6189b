"""Tokens of OAuth 2 (RFC 6749) for mail servers that take no passwords: SASL XOAUTH2."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from django.utils.translation import gettext as _

from rapport.conversations.models import Mailbox
from rapport.kernel import clock, secrets

_TIMEOUT, _LONGEST = 20, 100_000
_EARLY = timedelta(minutes=2)
_HERE = ("localhost", "127.0.0.1", "::1")


class NoToken(Exception):
    """The provider gives no token any more: somebody must sign in there again."""


class ProviderAway(Exception):
    """The provider did not answer; it may do so later."""


def uses(mailbox: Mailbox) -> bool:
    """Return whether a mailbox signs in by OAuth instead of by a password."""
    return bool(mailbox.oauth_refresh or mailbox.oauth_access)


def access_token(mailbox: Mailbox) -> str:
    """Return a token that is good for now, a new one where the old one ends. Raises `NoToken`, `ProviderAway`."""
    if mailbox.oauth_access and mailbox.oauth_expires_at and mailbox.oauth_expires_at > clock.now() + _EARLY:
        return secrets.unseal(mailbox.oauth_access)
    if not mailbox.oauth_refresh:
        raise NoToken(_("The sign-in at the provider has ended."))
    answer = _ask(
        mailbox.oauth_token_url,
        {
            "grant_type": "refresh_token",
            "refresh_token": secrets.unseal(mailbox.oauth_refresh),
            "client_id": mailbox.oauth_client_id,
            "client_secret": secrets.unseal(mailbox.oauth_secret),
        },
    )
    token, refresh = str(answer.get("access_token") or ""), str(answer.get("refresh_token") or "")
    if not token:
        raise NoToken(_("The provider sent no token."))
    try:
        lasting = max(60, int(str(answer.get("expires_in") or 3_600)))
    except ValueError:
        lasting = 3_600
    mailbox.oauth_access = secrets.seal(token)
    mailbox.oauth_expires_at = clock.now() + timedelta(seconds=lasting)
    changed = {"oauth_access": mailbox.oauth_access, "oauth_expires_at": mailbox.oauth_expires_at}
    if refresh:
        changed["oauth_refresh"] = mailbox.oauth_refresh = secrets.seal(refresh)
    Mailbox.objects.filter(pk=mailbox.pk).update(**changed)
    return token


def xoauth2(user: str, token: str) -> str:
    """Return the initial response of SASL XOAUTH2, in base64."""
    return base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode()).decode("ascii")


def _ask(url: str, form: dict[str, str]) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise NoToken(_("The address for tokens must begin with https://."))
    request = Request(url, urlencode(form).encode(), {"Accept": "application/json"})  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
            answer = json.loads(response.read(_LONGEST))
    except HTTPError as error:
        if error.code < 500 and error.code != 429:
            raise NoToken(_("The provider refused: %(reason)s.") % {"reason": f"HTTP {error.code}"}) from error
        raise ProviderAway(str(error)) from error
    except (URLError, OSError, ValueError) as error:
        raise ProviderAway(str(error)) from error
    return answer if isinstance(answer, dict) else {}
