"""Tokens of OAuth 2 (RFC 6749) for mail servers that take no passwords: SASL XOAUTH2."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from hashlib import sha256
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from django.utils.translation import gettext as _

from rapport.connectors.mail.providers import PROVIDERS
from rapport.conversations.models import Mailbox
from rapport.conversations.services import mailboxes
from rapport.kernel import clock, secrets
from rapport.kernel.actors import Actor

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


def consent_url(mailbox: Mailbox, back: str, *, state: str, verifier: str) -> str:
    """Return the provider's page where somebody lets us into a mailbox; it leads back to `back` with `state`.

    `verifier` is a secret of this attempt (RFC 7636, S256). Raises `NoToken` where the provider or the client is not
    set up.
    """
    known = PROVIDERS.get(mailbox.oauth_provider)
    page = mailbox.oauth_authorize_url or (known.authorize_url if known else "")
    if not page or not mailbox.oauth_client_id:
        raise NoToken(_("Say first which provider it is, and the id it gave you."))
    _check_address(page)
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode("ascii")
    asked = {
        "response_type": "code",
        "client_id": mailbox.oauth_client_id,
        "redirect_uri": back,
        "scope": mailbox.oauth_scope or (known.scope if known else ""),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": mailbox.address,
        **(known.extra if known else {}),
    }
    return f"{page}{'&' if urlsplit(page).query else '?'}{urlencode(asked)}"


def let_in(mailbox: Mailbox, code: str, back: str, *, verifier: str, by: Actor) -> Mailbox:
    """Exchange the code that the provider sent somebody back with for tokens, keep them and return the mailbox.

    Raises `NoToken`, `ProviderAway`, `Forbidden`.
    """
    known = PROVIDERS.get(mailbox.oauth_provider)
    answer = _ask(
        mailbox.oauth_token_url or (known.token_url if known else ""),
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": mailbox.oauth_client_id,
            "client_secret": secrets.unseal(mailbox.oauth_secret),
            "code_verifier": verifier,
        },
    )
    token, refresh = str(answer.get("access_token") or ""), str(answer.get("refresh_token") or "")
    if not token or not refresh:
        raise NoToken(_("The provider sent no token that lasts."))
    ends = clock.now() + timedelta(seconds=_lasting(answer))
    return mailboxes.change(mailbox, by=by, oauth_access=token, oauth_refresh=refresh, oauth_expires_at=ends)


def access_token(mailbox: Mailbox) -> str:
    """Return a token that is good for now, a new one where the old one ends. Raises `NoToken`, `ProviderAway`."""
    if mailbox.oauth_access and mailbox.oauth_expires_at and mailbox.oauth_expires_at > clock.now() + _EARLY:
        return secrets.unseal(mailbox.oauth_access)
    if not mailbox.oauth_refresh:
        raise NoToken(_("The sign-in at the provider has ended."))
    known = PROVIDERS.get(mailbox.oauth_provider)
    answer = _ask(
        mailbox.oauth_token_url or (known.token_url if known else ""),
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
    mailbox.oauth_access = secrets.seal(token)
    mailbox.oauth_expires_at = clock.now() + timedelta(seconds=_lasting(answer))
    changed = {"oauth_access": mailbox.oauth_access, "oauth_expires_at": mailbox.oauth_expires_at}
    if refresh:
        changed["oauth_refresh"] = mailbox.oauth_refresh = secrets.seal(refresh)
    Mailbox.objects.filter(pk=mailbox.pk).update(**changed)
    return token


def xoauth2(user: str, token: str) -> str:
    """Return the initial response of SASL XOAUTH2, in base64."""
    return base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode()).decode("ascii")


def _lasting(answer: dict[str, object]) -> int:
    """Return for how many seconds a token is good, an hour when nothing is said."""
    try:
        return max(60, int(str(answer.get("expires_in") or 3_600)))
    except ValueError:
        return 3_600


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise NoToken(_("The provider’s addresses must begin with https://."))


def _ask(url: str, form: dict[str, str]) -> dict[str, object]:
    _check_address(url)
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
