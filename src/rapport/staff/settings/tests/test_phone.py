"""The settings of the telephone system, and numbers that can be called."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.calls.models import Extension
from rapport.calls.services import switchboard
from rapport.calls.services.reporting import Said, report
from rapport.kernel.actors import SYSTEM
from rapport.testing import builders
from rapport.testing.cast import Cast


@pytest.fixture
def client(cast: Cast) -> Client:
    made = Client()
    made.force_login(cast.alice)
    return made


def test_the_secret_is_shown_once_and_signs_from_then_on(client: Client) -> None:
    page = client.post("/settings/phone/secret/")
    [secret] = switchboard.keys()
    assert secret in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert secret not in client.get("/settings/phone/").content.decode()


def test_what_a_number_leads_to_is_changed(client: Client) -> None:
    given = {"dial": "https://phone.example/to?n={number}", "call_back_hours": "2"}
    assert client.post("/settings/phone/", given).status_code == 302
    ana = builders.customer("Ana", phone="+44 113 496 0182")
    page = client.get(f"/customers/{ana.pk}/").content.decode()
    assert 'href="https://phone.example/to?n=%2B441134960182"' in page
    assert f'data-then="/customers/{ana.pk}/?compose=call&amp;called=1#composer"' in page
    assert (
        'href="https://phone.example/to?n=%2B441134960182"'
        in client.get("/customers/?columns=name,phone").content.decode()
    )


def test_a_script_is_no_telephone(client: Client) -> None:
    page = client.post("/settings/phone/", {"dial": "javascript:{number}", "call_back_hours": "2"})
    assert page.status_code == 422
    assert switchboard.switchboard().dial == "tel:{number}"


def test_a_seat_is_given_and_cleared(client: Client, cast: Cast) -> None:
    client.post("/settings/phone/seats/", {"number": "12", "user": cast.ben.pk})
    made = Extension.objects.get()
    assert (made.number, made.user) == ("12", cast.ben)
    assert client.post("/settings/phone/seats/", {"number": "12", "user": cast.bea.pk}).status_code == 422
    client.post(f"/settings/phone/seats/{made.pk}/clear/")
    assert not Extension.objects.exists()


def test_agents_do_not_connect_the_telephone(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ben)
    assert client.get("/settings/phone/").status_code == 403
    assert client.post("/settings/phone/secret/").status_code == 403
    assert switchboard.keys() == []


def test_pressing_a_number_opens_the_form_with_the_moment(client: Client) -> None:
    ana = builders.customer("Ana", phone="+44 113 496 0182")
    page = client.get(f"/customers/{ana.pk}/?compose=call&called=1").content.decode()
    assert '<details class="composer" id="composer" open>' in page
    assert 'type="datetime-local" name="at" value="20' in page


def test_the_customer_page_links_the_recording_for_those_who_see_calls(client: Client, cast: Cast) -> None:
    ana = builders.customer("Ana", phone="+44 113 496 0182")
    said = Said("c1", "voicemail", "in", "+441134960182", recording_url="https://pbx.example/r/1", transcript="Hello.")
    report(said, by=SYSTEM)
    assert "https://pbx.example/r/1" in client.get(f"/customers/{ana.pk}/").content.decode()
    cast.carla.role.grants.pop("calls.view")
    cast.carla.role.save()
    client.force_login(cast.carla)
    page = client.get(f"/customers/{ana.pk}/")
    assert page.status_code == 200
    assert "pbx.example" not in page.content.decode()
