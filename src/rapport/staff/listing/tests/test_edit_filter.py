"""Adding and changing conditions: every step is an address, and every form comes back as the leaf it makes."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from rapport.customers.services import custom_fields
from rapport.kernel.conditions import read, text
from rapport.kernel.conditions.registry import reach
from rapport.staff.listing import operators
from rapport.testing.cast import Cast, actor

FILTER = "/customers/filter/"
OVER = {"HX-Request": "true", "HX-Target": "over"}


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def filter_of(address: str) -> str:
    """Return the filter that an address asks for."""
    return parse_qs(urlsplit(address).query, keep_blank_values=True).get("f", [""])[0]


def test_fields_relations_and_events_are_offered_in_groups(staff: Client) -> None:
    page = staff.get(FILTER).content.decode()

    for label in ("Often asked", "Country", "Open promises: how many", "Order placed", "What happened"):
        assert label in page


def test_what_needs_a_right_is_not_offered_without_it(client: Client, cast: Cast) -> None:
    cast.carla.role.grants = {"customers.view": "all"}
    cast.carla.role.save()
    client.force_login(cast.carla)
    page = client.get(FILTER).content.decode()

    assert "Country" in page
    assert "Value to date" not in page
    assert client.get(FILTER, {"field": "totals.value", "op": "ge", "value": "5", "add": "1"}).status_code == 422


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"field": "country", "op": "in", "value": ["PT", "ES"]}, 'country in ("PT", "ES")'),
        ({"field": "country", "op": "not_eq", "value": "PT"}, 'country != "PT"'),
        ({"field": "name", "op": "contains", "value": "lima"}, 'name contains "lima"'),
        ({"field": "name", "op": "in", "value": "ana, ben"}, 'name in ("ana", "ben")'),
        ({"field": "city", "op": "filled"}, "city is not empty"),
        ({"field": "totals.orders", "op": "ge", "value": "2"}, "totals.orders >= 2"),
        ({"field": "totals.value", "op": "between", "low": "10", "high": "12.50"}, "totals.value between 10 and 12.5"),
        ({"field": "touch.last", "op": "last", "n": "30", "unit": "day"}, "touch.last within last 30 days"),
        ({"field": "touch.last", "op": "older", "n": "2", "unit": "month"}, "touch.last < today - 2 months"),
        ({"field": "created", "op": "this", "value": "previous month"}, "created within last month"),
        ({"field": "since", "op": "before", "value": "2030-05-31"}, "since < 2030-05-31"),
        (
            {"field": "birthday", "op": "anniversary", "n": "7", "unit": "day"},
            "birthday anniversary within next 7 days",
        ),
        ({"field": "owner", "op": "in", "value": ["me"]}, "owner in (me)"),
        ({"field": "tags", "op": "any", "value": "vip, gold"}, 'tags has any ("vip", "gold")'),
        ({"field": "sample", "op": "eq", "value": "no"}, "sample = false"),
        ({"field": "open_promises.count", "op": "ge", "value": "1"}, "open_promises.count >= 1"),
        (
            {
                "field": "did:commerce.order_placed",
                "did": "did",
                "times": "ge",
                "count": "2",
                "n": "365",
                "unit": "day",
            },
            "did commerce.order_placed >= 2 times within last 365 days",
        ),
        ({"field": "did:commerce.order_placed", "did": "not", "count": "1"}, "not did commerce.order_placed"),
    ],
)
def test_a_form_makes_the_leaf_and_the_leaf_makes_the_form_again(
    staff: Client, sent: dict[str, str | list[str]], expected: str
) -> None:
    answer = staff.get(FILTER, {**sent, "add": "1"})
    assert answer.status_code == 302, answer.content.decode()
    made = filter_of(answer.headers["Location"])
    assert made == expected

    opened = staff.get(FILTER, {"f": made, "part": "0"}).context["editor"]
    assert opened.picked == sent["field"]
    again = {name: value for name, value in opened.form.initial.items() if value is not None}
    operator = {} if opened.operator is None else {"op": opened.operator.key}
    changed = staff.get(FILTER, {"f": made, "part": "0", "field": opened.picked, **operator, **again, "add": "1"})
    assert filter_of(changed.headers["Location"]) == expected


def test_a_condition_joins_those_that_are_there_and_can_be_dropped_again(staff: Client) -> None:
    answer = staff.get(FILTER, {"f": 'country = "PT"', "field": "totals.orders", "op": "ge", "value": "2", "add": "1"})
    both = filter_of(answer.headers["Location"])
    chips = staff.get("/customers/", {"f": both}).context["shown"].chips

    assert both == 'country = "PT" and totals.orders >= 2'
    assert [filter_of(chip.remove) for chip in chips] == ["totals.orders >= 2", 'country = "PT"']


@pytest.mark.parametrize(
    "sent",
    [
        {"field": "totals.orders", "op": "ge", "value": "many"},
        {"field": "since", "op": "before", "value": "2030-02-31"},
        {"field": "touch.last", "op": "last", "n": "-3", "unit": "day"},
        {"field": "country", "op": "eq", "value": "Atlantis"},
        {"field": "totals.value", "op": "between", "low": "9", "high": "1"},
        {"field": "name", "op": "contains", "value": "x" * 201},
    ],
)
def test_what_does_not_fit_comes_back_at_its_field(staff: Client, sent: dict[str, str]) -> None:
    answer = staff.get(FILTER, {**sent, "add": "1"})

    assert answer.status_code == 422
    assert answer.context["editor"].form.errors


def test_a_field_that_is_not_there_leads_back_to_the_list_of_fields(staff: Client) -> None:
    answer = staff.get(FILTER, {"field": "nonsense"})

    assert answer.status_code == 422
    assert "nonsense" in answer.content.decode()


def test_what_no_form_knows_is_edited_as_text(staff: Client) -> None:
    condition = '(country = "PT" or country = "ES") and totals.orders >= 2'
    opened = staff.get(FILTER, {"f": condition, "part": "0"}).context["editor"]
    assert opened.typed == 'country = "PT" or country = "ES"'

    answer = staff.get(FILTER, {"f": condition, "part": "0", "typed": 'country = "FR"'})
    assert filter_of(answer.headers["Location"]) == 'country = "FR" and totals.orders >= 2'
    assert staff.get(FILTER, {"typed": "country ="}).status_code == 422


def test_scripts_get_a_dialog_and_are_led_to_the_list_inside_the_page(staff: Client) -> None:
    dialog = staff.get(FILTER, {"field": "city"}, headers=OVER)
    done = staff.get(FILTER, {"field": "city", "op": "eq", "value": "Leeds", "add": "1"}, headers=OVER)

    assert "<rapport-dialog>" in dialog.content.decode()
    assert "<html" not in dialog.content.decode()
    assert done.status_code == 204
    assert '"target": "#list"' in done.headers["HX-Location"]


def test_custom_fields_can_be_asked_for(staff: Client, cast: Cast) -> None:
    custom_fields.add("customer", "Size", "number", by=actor(cast.alice))

    assert "Size" in staff.get(FILTER).content.decode()
    answer = staff.get(FILTER, {"field": "custom.size", "op": "ge", "value": "42", "add": "1"})
    assert filter_of(answer.headers["Location"]) == "custom.size >= 42"


@pytest.mark.django_db
def test_every_operator_reads_back_its_own_leaf() -> None:
    spot = reach("customer", "name")
    leaf = read('name starts with "a"', "customer")

    assert operators.read(leaf, lambda path: reach("customer", path)) == ("name", "starts", {"value": "a"})
    assert text(operators.operators_for(spot)[2].leaf("name", spot, {"value": "a"})) == text(leaf)
