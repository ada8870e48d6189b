"""Taking reports at the door: signed, fresh, once, and in their form; everything else changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from rapport.calls.models import Call, Report
from rapport.calls.services import switchboard
from rapport.connectors.phone.signing import sign
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.testing import builders
from rapport.testing.cast import Cast

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
GOOD = {"call_id": "c1", "event": "missed", "direction": "in", "from": "+441134960182", "to": "+441134960100"}


@pytest.fixture
def secret(cast: Cast) -> str:
    return switchboard.rotate(by=SYSTEM)


def post(secret: str, body: Any, *, at: datetime = AT, headers: dict[str, str] | None = None) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(at.timestamp()))
    signed = {
        "X-Rapport-Timestamp": stamp,
        "X-Rapport-Signature": f"sha256={sign(secret, stamp, content)}",
        **(headers or {}),
    }
    with clock.frozen(AT):
        return Client().post("/phone/calls/", content, content_type="application/json", headers=signed)


def test_a_signed_report_becomes_a_call(secret: str) -> None:
    ana = builders.customer("Ana", phone="+44 113 496 0182")
    answer = post(secret, GOOD)
    call = Call.objects.get()
    assert (answer.status_code, json.loads(answer.content)) == (200, {"call": str(call.pk), "customer": str(ana.pk)})
    assert (call.provider_id, call.state, call.customer) == ("c1", "missed", ana)
    assert Report.objects.get().error == ""


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"X-Rapport-Signature": ""}, "missing"),
        ({"X-Rapport-Signature": "sha256=" + "0" * 64}, "not by this secret"),
        ({"X-Rapport-Signature": "sha256=é"}, "not by this secret"),
        ({"X-Rapport-Timestamp": "-5"}, "missing"),
        ({"X-Rapport-Timestamp": str(int(AT.timestamp()) + 1)}, "not by this secret"),
    ],
)
def test_an_unsigned_report_is_refused(secret: str, headers: dict[str, str], words: str) -> None:
    answer = post(secret, GOOD, headers=headers)
    assert answer.status_code == 401
    assert words in Report.objects.get().error
    assert not Call.objects.exists()


@pytest.mark.parametrize(("off", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)])
def test_a_report_is_taken_within_five_minutes(secret: str, off: int, status: int) -> None:
    assert post(secret, GOOD, at=AT + timedelta(seconds=off)).status_code == status
    assert Call.objects.count() == (status == 200)


def test_a_replay_is_refused(secret: str) -> None:
    assert post(secret, GOOD).status_code == 200
    assert post(secret, GOOD).status_code == 409
    assert post(secret, GOOD, at=AT + timedelta(seconds=1)).status_code == 200
    assert Call.objects.count() == 1


def test_a_flood_of_refused_reports_does_not_make_a_replay_new(secret: str) -> None:
    post(secret, GOOD)
    for _n in range(switchboard.SHOWN + 5):
        post("wrong", GOOD)
    assert post(secret, GOOD).status_code == 409
    assert Report.objects.filter(signature="").count() <= switchboard.SHOWN


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": "dancing"},
        {"call_id": ""},
        {"direction": "up"},
        {"recording_url": "http://pbx.example/r"},
        {"recording_url": "javascript:alert(1)"},
        {"started_at": "2026-05-04T09:00:00"},
        {"started_at": "soon"},
    ],
)
def test_a_report_in_another_form_is_refused_with_the_field(secret: str, wrong: dict[str, str]) -> None:
    answer = post(secret, {**GOOD, **wrong})
    assert answer.status_code == 422
    assert next(iter(wrong)) in Report.objects.get().error
    assert not Call.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
def test_what_is_no_report_is_refused(secret: str, body: bytes) -> None:
    assert post(secret, body).status_code == 422
    assert not Call.objects.exists()


def test_a_report_that_was_refused_may_be_sent_again_corrected(secret: str) -> None:
    post(secret, {**GOOD, "event": "dancing"})
    assert post(secret, GOOD).status_code == 200


def test_what_is_too_large_is_refused(secret: str) -> None:
    assert post(secret, b" " * 1_000_001).status_code == 413
    assert not Call.objects.exists()


def test_without_a_secret_nothing_is_taken(cast: Cast) -> None:
    assert post("", GOOD).status_code == 401
    assert not Call.objects.exists()


def test_nul_and_half_characters_do_not_break_it(secret: str) -> None:
    body = b'{"call_id":"c\\u0000\\ud800","event":"missed","direction":"in","from":"\\u0000"}'
    assert post(secret, body).status_code in (200, 422)
