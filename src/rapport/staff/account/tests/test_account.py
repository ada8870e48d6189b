from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from rapport.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
NEW = "a-wholly-different-lantern"


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    cache.clear()


@pytest.fixture
def me(client: Client, cast: Cast) -> Client:
    client.post("/accounts/login/", {"login": "ben@example.com", "password": PASSWORD})
    return client


def code(secret: str) -> str:
    """Return what an authenticator app shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_everybody_changes_their_own_name_language_zone_and_theme(me: Client, cast: Cast) -> None:
    assert me.get("/me/").status_code == 200
    given = {"name": "Ben O.", "language": "de", "zone": "Europe/Berlin", "theme": "dark"}
    answer = me.post("/me/", given)
    assert answer.cookies["theme"].value == "dark"
    cast.ben.refresh_from_db()
    assert (cast.ben.name, cast.ben.language, cast.ben.zone, cast.ben.theme) == tuple(given.values())


@pytest.mark.parametrize("given", [{"name": ""}, {"zone": "Mars/Olympus"}, {"language": "tlh"}, {"theme": "pink"}])
def test_what_cannot_be_is_refused(me: Client, cast: Cast, given: dict[str, str]) -> None:
    whole = {"name": "Ben", "language": "en", "zone": "UTC", "theme": "light", **given}
    assert me.post("/me/", whole).status_code == 422
    cast.ben.refresh_from_db()
    assert cast.ben.name == "Ben Okafor"


def test_a_password_is_changed_by_who_knows_the_old_one(me: Client, cast: Cast) -> None:
    page = "/accounts/password/change/"
    me.post(page, {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    cast.ben.refresh_from_db()
    assert cast.ben.check_password(PASSWORD)
    me.post(page, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    cast.ben.refresh_from_db()
    assert cast.ben.check_password(NEW)


def test_a_second_step_is_asked_for_once_it_is_turned_on(me: Client, cast: Cast) -> None:
    assert "off" in me.get("/accounts/mfa/").content.decode()
    again = me.get("/accounts/mfa/totp/activate/")["Location"]
    assert "Confirm that it is you" in me.get(again).content.decode()
    page = me.post(again, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    me.post("/accounts/mfa/totp/activate/", {"code": code(secret)})
    assert Authenticator.objects.filter(user=cast.ben, type="totp").exists()
    assert me.get("/accounts/mfa/recovery-codes/").status_code == 200
    me.post("/accounts/logout/")
    answer = me.post("/accounts/login/", {"login": "ben@example.com", "password": PASSWORD})
    assert answer["Location"] == "/accounts/mfa/authenticate/"
    assert me.get("/").status_code == 302
    assert "Second step" in me.get("/accounts/mfa/authenticate/").content.decode()
    codes = Authenticator.objects.get(user=cast.ben, type="recovery_codes").wrap().get_unused_codes()
    me.post("/accounts/mfa/authenticate/", {"code": codes[0]})
    assert me.get("/").status_code == 200
