"""What a reader gets when it is our fault."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

handler500 = "rapport.ui.failures.server_error"


def lost(request: HttpRequest) -> HttpResponse:
    error = OperationalError("the connection is lost")
    error.__cause__ = psycopg.OperationalError("the connection is lost")
    raise error


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("a bug")


urlpatterns = [
    path("lost", lost),
    path("api/lost", lost),
    path("broken", broken),
    path("api/broken", broken),
    path("ui/", include("rapport.ui.urls")),
]


@pytest.fixture
def client() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        yield Client(raise_request_exception=False)


def test_a_lost_database_is_503_and_invites_to_try_again(client: Client) -> None:
    answer = client.get("/lost")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "The database does not answer" in answer.content.decode()


def test_a_lost_database_is_a_problem_for_the_api(client: Client) -> None:
    answer = client.get("/api/lost")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": "The database does not answer",
        "status": 503,
    }


def test_a_bug_is_500_and_tells_nothing(client: Client) -> None:
    for address in ("/broken", "/api/broken"):
        answer = client.get(address)
        assert answer.status_code == 500
        assert "a bug" not in answer.content.decode()
