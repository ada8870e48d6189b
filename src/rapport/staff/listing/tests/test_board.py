"""The list as a board: columns with their counts, cards that are moved by the verb of their cell, and undone."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from rapport.customers.models import Customer
from rapport.testing import builders
from rapport.testing.cast import Cast

BOARD = "/customers/?board=stage"


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def lanes(client: Client, address: str = BOARD) -> dict[str, list[str]]:
    """Return the names on the cards of each column that has any."""
    found = client.get(address).context["shown"].lanes
    return {lane.label: sorted(card.label for card in lane.cards) for lane in found if lane.cards}


def test_cards_stand_in_the_column_of_their_stage(staff: Client) -> None:
    builders.customer("Ana", stage="lead")
    builders.customer("Ben", stage="customer", country="PT")
    builders.customer("Cy", stage="customer")

    assert lanes(staff) == {"Lead": ["Ana"], "Customer": ["Ben", "Cy"]}
    assert lanes(staff, f'{BOARD}&f=country = "PT"') == {"Customer": ["Ben"]}
    counts = {lane.key: lane.count for lane in staff.get(BOARD).context["shown"].lanes}
    assert (counts["lead"], counts["customer"], counts["prospect"]) == ("1", "2", "0")


def test_the_board_by_owner_has_a_column_of_nobodys(staff: Client, cast: Cast) -> None:
    builders.customer("Ana", owner=cast.ben)
    builders.customer("Ben")

    assert lanes(staff, "/customers/?board=owner") == {"Nobody": ["Ben"], cast.ben.name: ["Ana"]}


def test_a_column_with_many_leads_to_all_of_them(staff: Client) -> None:
    for number in range(23):
        builders.customer(f"P {number:02}", stage="lead", country="PT" if number else "GB")
    lane = next(one for one in staff.get(BOARD).context["shown"].lanes if one.key == "lead")

    assert len(lane.cards) == 20
    assert lane.count == "23"
    assert staff.get(lane.more).context["shown"].known_total == 23
    narrowed = staff.get(f'{BOARD}&f=country = "PT"').context["shown"].lanes
    assert staff.get(next(one.more for one in narrowed if one.key == "lead")).context["shown"].known_total == 22


def test_a_card_is_moved_and_undo_moves_it_back(staff: Client) -> None:
    ana = builders.customer("Ana", stage="lead")
    answer = staff.post(f"/customers/board/stage/{ana.pk}/", {"to": "customer", "next": BOARD})

    assert answer.headers["Location"] == BOARD
    assert Customer.objects.get(pk=ana.pk).stage == "customer"
    staff.post(next(iter(get_messages(answer.wsgi_request))).extra_tags)
    assert Customer.objects.get(pk=ana.pk).stage == "lead"


def test_a_card_is_moved_without_scripts_by_a_form(staff: Client) -> None:
    ana = builders.customer("Ana", stage="lead")
    page = staff.get(f"/customers/board/stage/{ana.pk}/").content.decode()

    assert '<option value="lead" selected>' in page
    staff.post(f"/customers/board/stage/{ana.pk}/", {"value": "advocate"})
    assert Customer.objects.get(pk=ana.pk).stage == "advocate"


def test_a_column_that_there_is_not_takes_no_card(staff: Client) -> None:
    ana = builders.customer("Ana", stage="lead")

    assert staff.post(f"/customers/board/stage/{ana.pk}/", {"to": "nonsense"}).status_code == 422
    assert staff.post(f"/customers/board/nonsense/{ana.pk}/", {"to": "lead"}).status_code == 404
    assert Customer.objects.get(pk=ana.pk).stage == "lead"


def test_who_may_not_change_is_offered_no_board_and_moves_nothing(client: Client, cast: Cast) -> None:
    ana = builders.customer("Ana", stage="lead")
    cast.ben.role.grants = {"customers.view": "all"}
    cast.ben.role.save()
    client.force_login(cast.ben)

    assert client.get("/customers/").context["shown"].layouts == []
    assert client.post(f"/customers/board/stage/{ana.pk}/", {"to": "customer"}).status_code == 403
    assert Customer.objects.get(pk=ana.pk).stage == "lead"
