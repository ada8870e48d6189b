from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.test import Client

from rapport.customers.models import Customer, Member, SignInLink
from rapport.customers.services import members
from rapport.kernel import clock
from rapport.kernel.models import EventRecord
from rapport.portal.access.mails import send
from rapport.portal.tests.conftest import browser, joined
from rapport.testing import builders

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp that never hums 7"


class Post:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - as it is called
        self.got.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """A real mail server that the settings name."""
    office = Post()
    controller = Controller(office, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield office
    controller.stop()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def link_in(text: str) -> str:
    found = re.search(r"https?://\S+(/my/sign-in/\S+)", text)
    assert found, text
    return found[1]


def text_of(letter: EmailMessage) -> str:
    """Return the plain text of a mail, however it was packed."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_mailed_link_signs_in_once(ana: Customer, client: Client, post: Post) -> None:
    assert send("ANA@lima.example", language="en", origin="https://shop.example", onward="/my/orders/")
    (letter,) = post.got
    assert (letter["To"], letter["Auto-Submitted"]) == ("ANA@lima.example", "auto-generated")
    assert letter["Subject"] == "Your link to sign in to Lantern & Sons"
    address = link_in(text_of(letter))
    for _look in range(2):
        page = client.get(address)
        assert page.status_code == 200
        assert "Welcome, Ana" in page.content.decode()
    assert client.get("/my/").status_code == 302
    answer = client.post(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/orders/")
    assert client.get("/my/").status_code == 200
    assert Client().post(address).status_code == 410
    assert EventRecord.objects.filter(type="customers.member_joined", customer_id=ana.pk).count() == 1


def test_the_mail_is_in_the_customers_language(cast: object, post: Post) -> None:
    builders.customer("Rui", email="rui@example.pt", language="pt")
    assert send("rui@example.pt", language="en", origin="https://shop.example")
    text = text_of(post.got[0])
    assert "https://shop.example/my/sign-in/" in text
    assert "open this link" not in text


def test_a_stranger_gets_no_mail_and_the_same_answer(ana: Customer, client: Client) -> None:
    answers = [client.post("/my/sign-in/", {"email": one}) for one in ("ana@lima.example", "eve@example.com")]
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {(302, "/my/sign-in/sent/")}
    assert not send("eve@example.com", language="en", origin="https://shop.example")
    assert mail.outbox == []


@pytest.mark.parametrize("spoil", ["expired", "used", "trashed", "invented"])
def test_a_link_that_is_over_lets_nobody_in(ana: Customer, client: Client, spoil: str) -> None:
    made = members.make_link("ana@lima.example")
    assert made is not None
    token, later = made[1], clock.now()
    if spoil == "expired":
        later += members.LINK_LASTS
    elif spoil == "used":
        members.use_link(token)
    elif spoil == "trashed":
        Customer.objects.filter(pk=ana.pk).update(deleted_at=later)
    else:
        token = "x" * 43
    with clock.frozen(later):
        assert client.get(f"/my/sign-in/{token}/").status_code == 410
        assert client.post(f"/my/sign-in/{token}/").status_code == 410
        assert client.get("/my/").status_code == 302


def test_only_the_hash_of_a_link_is_kept(ana: Customer) -> None:
    made = members.make_link("ana@lima.example")
    assert made is not None
    assert made[1] not in str(SignInLink.objects.values().get())
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert members.forget_links() == 1


def test_a_password_signs_in_and_a_wrong_one_does_not(ana: Customer, client: Client) -> None:
    members.set_password(joined(ana), PASSWORD)
    for email, password in (("ana@lima.example", "wrong"), ("eve@example.com", PASSWORD), ("ana@lima.example", "")):
        answer = client.post("/my/sign-in/password/", {"email": email, "password": password})
        assert answer.status_code == 422
    answer = client.post("/my/sign-in/password/", {"email": "Ana@Lima.example", "password": PASSWORD})
    assert answer.headers["Location"] == "/my/"
    assert client.get("/my/").status_code == 200


def test_who_has_no_password_cannot_use_an_empty_one(ana: Customer) -> None:
    joined(ana)
    assert members.by_password("ana@lima.example", "") is None


def test_a_new_password_ends_the_other_sessions(ana: Customer) -> None:
    member = joined(ana)
    here, there = browser(member), browser(member)
    assert here.post("/my/details/password/", {"password": "short"}).status_code == 422
    assert here.post("/my/details/password/", {"password": PASSWORD}).status_code == 302
    assert [one.get("/my/").status_code for one in (here, there)] == [200, 302]
    assert here.post("/my/details/password/", {"remove": "1"}).status_code == 302
    assert Member.objects.get().password == ""


def test_signing_out_ends_the_session(as_ana: Client) -> None:
    assert as_ana.post("/my/sign-out/").headers["Location"] == "/help/"
    assert as_ana.get("/my/").status_code == 302


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/settings/", "javascript:alert(1)"])
def test_nobody_is_led_away_after_the_sign_in(ana: Customer, client: Client, wanted: str) -> None:
    made = members.make_link("ana@lima.example")
    assert made is not None
    assert client.post(f"/my/sign-in/{made[1]}/", {"next": wanted}).headers["Location"] == "/my/"


@pytest.mark.parametrize(
    ("address", "given", "most"),
    [
        ("/my/sign-in/", {"email": "ana@lima.example"}, 5),
        ("/my/sign-in/password/", {"email": "ana@lima.example", "password": "wrong"}, 8),
    ],
)
def test_trying_too_often_is_stopped_for_a_while(
    ana: Customer, client: Client, address: str, given: dict[str, str], most: int
) -> None:
    start = clock.now().replace(minute=0, second=0, microsecond=0)
    with clock.frozen(start):
        assert [client.post(address, given).status_code for _ in range(most + 1)][-2:] != [429, 429]
        assert client.post(address, given).status_code == 429
    with clock.frozen(start + timedelta(hours=1)):
        assert client.post(address, given).status_code != 429


def test_the_wanted_page_comes_after_the_sign_in(client: Client, ana: Customer, read: Callable[[str], str]) -> None:
    answer = client.get("/my/orders/?page=2")
    assert answer.headers["Location"] == "/my/sign-in/?next=%2Fmy%2Forders%2F%3Fpage%3D2"
    assert 'value="/my/orders/?page=2"' in read(answer.headers["Location"])
