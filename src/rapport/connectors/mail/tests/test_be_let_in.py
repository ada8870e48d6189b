"""Being let into a mailbox by a provider that asks for consent."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import pytest

from rapport.connectors.mail import oauth
from rapport.connectors.mail.providers import PROVIDERS
from rapport.connectors.mail.tests.servers import TOKEN, Provider
from rapport.conversations.models import Mailbox
from rapport.conversations.services import mailboxes
from rapport.kernel import secrets
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
BACK = "https://crm.lantern.example/settings/mailboxes/consented/"
VERIFIER = "v" * 60


@pytest.fixture
def box(cast: Cast, provider: Provider) -> Mailbox:
    here = f"http://127.0.0.1:{provider.port}"
    return mailboxes.add(
        "help@lantern.example", by=SYSTEM, oauth_provider="other", oauth_client_id="rapport", oauth_secret="s",
        oauth_authorize_url=f"{here}/authorize", oauth_token_url=f"{here}/token", oauth_scope="mail",
    )  # fmt: skip


def code_for(page: str) -> dict[str, str]:
    """Go to the provider's page as a browser does and return what it sends one back with."""
    parts = urlsplit(page)
    connection = HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", f"{parts.path}?{parts.query}")
    location = connection.getresponse().headers["Location"]
    assert location.startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def test_consent_gives_tokens_that_last(box: Mailbox) -> None:
    page = oauth.consent_url(box, BACK, state="a state", verifier=VERIFIER)
    answer = code_for(page)
    assert answer["state"] == "a state"
    oauth.let_in(box, answer["code"], BACK, verifier=VERIFIER, by=SYSTEM)
    box.refresh_from_db()
    assert secrets.unseal(box.oauth_access) == TOKEN
    assert secrets.unseal(box.oauth_refresh) == "a refresh token"
    assert oauth.access_token(box) == TOKEN


def test_a_code_is_no_good_with_another_verifier_nor_twice(box: Mailbox) -> None:
    code = code_for(oauth.consent_url(box, BACK, state="a", verifier=VERIFIER))["code"]
    with pytest.raises(oauth.NoToken):
        oauth.let_in(box, code, BACK, verifier="w" * 60, by=SYSTEM)
    oauth.let_in(box, code, BACK, verifier=VERIFIER, by=SYSTEM)
    with pytest.raises(oauth.NoToken):
        oauth.let_in(box, code, BACK, verifier=VERIFIER, by=SYSTEM)


def test_google_is_asked_for_a_token_that_lasts(box: Mailbox) -> None:
    mailboxes.change(
        box, by=SYSTEM, oauth_provider="google", oauth_authorize_url="", oauth_scope="", oauth_token_url=""
    )
    box.refresh_from_db()
    page = urlsplit(oauth.consent_url(box, BACK, state="a", verifier=VERIFIER))
    asked = {name: values[0] for name, values in parse_qs(page.query).items()}
    assert page.geturl().startswith(PROVIDERS["google"].authorize_url)
    assert (asked["scope"], asked["access_type"]) == ("https://mail.google.com/", "offline")
    assert (asked["code_challenge_method"], asked["login_hint"]) == ("S256", "help@lantern.example")


@pytest.mark.parametrize("change", [{"oauth_client_id": ""}, {"oauth_authorize_url": "http://evil.example/in"}])
def test_nobody_is_led_where_consent_cannot_be_given(box: Mailbox, change: dict[str, str]) -> None:
    for name, value in change.items():
        setattr(box, name, value)
    with pytest.raises(oauth.NoToken):
        oauth.consent_url(box, BACK, state="a", verifier=VERIFIER)
