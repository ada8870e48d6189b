"""A list as a grid: its rows in blocks, and blocks of cells changed by the verbs, each refused by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from rapport.customers.models import Customer
from rapport.customers.services import custom_fields, customers
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.objects.models import Record
from rapport.objects.tests.garage import garage
from rapport.staff.inbox.tests.making import wrote
from rapport.testing import builders
from rapport.testing.cast import Cast

GRID = "?grid=1&sort=name&columns=name,stage,city,tags,orders"
ROWS, CHANGES, UNDO = f"/customers/grid/rows/{GRID}", f"/customers/grid/changes/{GRID}", f"/customers/grid/undo/{GRID}"


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def ana(cast: Cast) -> Customer:
    """Ana Lima, of Porto."""
    return builders.customer("Ana Lima", city="Porto", stage="lead", tags=["vip"])


@pytest.fixture
def ben(cast: Cast) -> Customer:
    """Ben Ito, of Leeds."""
    return builders.customer("Ben Ito", city="Leeds", stage="lead")


def post(client: Client, address: str, body: object) -> Any:
    return client.post(address, body, content_type="application/json")


def put(client: Client, *cells: tuple[Customer, str, str], new: object = (), was: str | None = None) -> Any:
    body = [{"row": str(row.pk), "column": column, "text": text, "was": was} for row, column, text in cells]
    return post(client, CHANGES, {"cells": body, "new": list(new)})  # type: ignore[call-overload]


def told(answer: Any) -> list[tuple[str, int]]:
    return [(one["column"], one["status"]) for one in answer.json()["told"]]


def reasons(answer: Any) -> list[str]:
    return [one["reason"] for one in answer.json()["told"] if one["reason"]]


def texts(client: Client, address: str = ROWS) -> list[list[object]]:
    return [row["cells"] for row in client.get(address).json()["rows"]]


def city(row: Customer) -> str:
    return Customer.objects.get(pk=row.pk).city


def test_rows_are_texts_with_their_numbers(staff: Client, ana: Customer) -> None:
    builders.order(ana)

    answer = staff.get(ROWS).json()
    assert answer["rows"] == [
        {"id": str(ana.pk), "href": f"/customers/{ana.pk}/", "cells": ["Ana Lima", "Lead", "Porto", "vip", ["1", 1.0]]}
    ]
    assert (answer["total"], answer["after"], answer["end"], answer["adds"]) == (1, "", 1, "New customer")
    stage = answer["columns"][1]
    assert stage["options"] == ["Lead", "Prospect", "Customer", "Advocate", "Former customer"]
    assert [(one["key"], one["edit"]) for one in answer["columns"]] == [
        ("name", True), ("stage", True), ("city", True), ("tags", True), ("orders", False),
    ]  # fmt: skip


def test_a_grid_begins_with_what_one_may_change(staff: Client, ana: Customer) -> None:
    custom_fields.add("customer", "Shoe", "number", by=SYSTEM)
    columns = staff.get("/customers/grid/rows/?grid=1").json()["columns"]

    assert [one["key"] for one in columns if one["edit"]] == [
        "name", "email", "phone", "stage", "owner", "tags", "city", "country", "source", "custom_shoe",
    ]  # fmt: skip
    assert [one["key"] for one in columns if not one["edit"]] == [
        "company", "relationship", "kind", "open", "touch", "orders", "value",
    ]  # fmt: skip


def test_blocks_follow_each_other_and_one_may_jump(staff: Client, cast: Cast) -> None:
    for number in range(230):
        builders.customer(f"P {number:03}")
    first = staff.get(ROWS).json()
    names = [row["cells"][0] for row in first["rows"]]
    assert (len(names), first["total"], names[-1]) == (100, 230, "P 099")

    second = staff.get(f"{ROWS}&after={first['after']}").json()
    assert second["rows"][0]["cells"][0] == "P 100"
    assert "columns" not in second
    last = staff.get(f"{ROWS}&after={first['after']}&skip=100").json()
    assert [row["cells"][0] for row in last["rows"]] == [f"P {number:03}" for number in range(200, 230)]
    assert (last["after"], last["end"]) == ("", 230)
    assert staff.get(f"{ROWS}&skip=300").json() == {
        "rows": [], "after": "", "end": 230,
    }  # fmt: skip


def test_a_block_asks_as_few_questions_for_many_rows_as_for_two(
    staff: Client, ana: Customer, ben: Customer, django_assert_max_num_queries: Any
) -> None:
    address = "/customers/grid/rows/?grid=1&sort=name"
    with django_assert_max_num_queries(30) as few:
        assert len(texts(staff, address)) == 2
    for number in range(60):
        builders.customer(f"P {number:03}", tags=["vip"], city="Porto")
    with django_assert_max_num_queries(30) as many:
        assert len(texts(staff, address)) == 62
    assert len(many) == len(few)


def test_cells_are_changed_by_their_verbs_and_taken_back_at_once(staff: Client, ana: Customer, ben: Customer) -> None:
    answer = put(staff, (ana, "city", "Lisbon"), (ana, "stage", "advocate"), (ben, "tags", "b, a, b"))

    assert {status for _column, status in told(answer)} == {200}
    ana.refresh_from_db()
    ben.refresh_from_db()
    assert (ana.city, ana.stage, ben.tags) == ("Lisbon", "advocate", ["b", "a"])
    changed = {row["id"]: row["cells"] for row in answer.json()["rows"]}
    assert changed[str(ana.pk)][:4] == ["Ana Lima", "Advocate", "Lisbon", "vip"]
    assert EventRecord.objects.filter(type="customers.changed", actor_name="Alice Young").count() == 2

    undone = post(staff, UNDO, {"undo": answer.json()["undo"], "rows": [str(ana.pk), str(ben.pk)]}).json()
    ana.refresh_from_db()
    ben.refresh_from_db()
    assert (ana.city, ana.stage, ben.tags) == ("Porto", "lead", [])
    assert (undone["refused"], undone["gone"], len(undone["rows"])) == ([], [], 2)


@pytest.mark.parametrize(
    ("column", "typed", "expected"),
    [
        ("country", "Portugal", {"country": "PT"}),
        ("country", "portugal", {"country": "PT"}),
        ("country", "pt", {"country": "PT"}),
        ("country", "", {"country": ""}),
        ("owner", "ben okafor", {"owner__name": "Ben Okafor"}),
        ("owner", "", {"owner__name": None}),
        ("owner", "Nobody", {"owner__name": None}),
        ("name", "Ana  Maria Lima", {"name": "Ana Maria Lima"}),
        ("stage", "ADVOCATE", {"stage": "advocate"}),
    ],
)
def test_a_choice_is_read_by_its_words_or_its_value(
    staff: Client, ana: Customer, column: str, typed: str, expected: dict[str, Any]
) -> None:
    Customer.objects.filter(pk=ana.pk).update(country="ES")
    cells = [{"row": str(ana.pk), "column": column, "text": typed}]
    answer = post(staff, "/customers/grid/changes/?grid=1", {"cells": cells})

    assert told(answer) == [(column, 200)]
    assert Customer.objects.values(*expected).get(pk=ana.pk) == expected


def test_the_parts_of_a_name_follow_it_where_they_are_known(staff: Client, ana: Customer) -> None:
    customers.change(ana, by=SYSTEM, given_name="Ana", family_name="Lima")
    put(staff, (ana, "name", "Ana Maria Costa"))

    ana.refresh_from_db()
    assert (ana.name, ana.given_name, ana.family_name) == ("Ana Maria Costa", "Ana Maria", "Costa")


@pytest.mark.parametrize(
    ("kind", "typed", "value", "shown"),
    [
        ("number", "1,234.5", "1234.5", "1234.5"),
        ("number", "-12", "-12", "-12"),
        ("date", "2026-02-03", "2026-02-03", "2026-02-03"),
        ("boolean", "yes", True, "Yes"),
        ("boolean", "0", False, "No"),
        ("choice", "SMALL", "small", "small"),
        ("choices", "small, large", ["small", "large"], "small, large"),
        ("url", "lantern.example", "https://lantern.example", "https://lantern.example"),
    ],
)
def test_a_custom_field_is_read_as_people_write_it(
    staff: Client, ana: Customer, kind: str, typed: str, value: object, shown: str
) -> None:
    options = ["small", "large"] if kind.startswith("choice") else []
    custom_fields.add("customer", "Own", kind, by=SYSTEM, options=options)
    address = "?grid=1&columns=name,custom_own"
    cells = [{"row": str(ana.pk), "column": "custom_own", "text": typed, "was": ""}]
    answer = post(staff, f"/customers/grid/changes/{address}", {"cells": cells})

    assert told(answer) == [("custom_own", 200)]
    kept = Customer.objects.get(pk=ana.pk).custom["own"]
    assert (float(kept) if kind == "number" else kept) == (float(str(value)) if kind == "number" else value)
    cell = texts(staff, f"/customers/grid/rows/{address}")[0][1]
    assert (cell[0] if isinstance(cell, list) else cell) == shown


@pytest.mark.parametrize(("typed", "shown"), [("1.234,5", "1234,5"), ("12.50", "12,5"), ("-7", "-7")])
def test_a_number_is_read_and_shown_as_the_readers_language_writes_it(
    staff: Client, cast: Cast, ana: Customer, typed: str, shown: str
) -> None:
    cast.alice.language = "de"
    cast.alice.save()
    custom_fields.add("customer", "Own", "number", by=SYSTEM)
    address = "?grid=1&columns=name,custom_own"
    cells = [{"row": str(ana.pk), "column": "custom_own", "text": typed, "was": ""}]
    post(staff, f"/customers/grid/changes/{address}", {"cells": cells})

    ((_name, number),) = texts(staff, f"/customers/grid/rows/{address}")
    assert number == [shown, float(shown.replace(",", "."))]


def test_an_amount_is_read_in_the_major_unit(staff: Client, ana: Customer) -> None:
    custom_fields.add("customer", "Own", "money", by=SYSTEM)
    address = "?grid=1&columns=name,custom_own"
    cells = [{"row": str(ana.pk), "column": "custom_own", "text": "€ 1,234.50", "was": ""}]
    assert told(post(staff, f"/customers/grid/changes/{address}", {"cells": cells})) == [("custom_own", 200)]

    assert Customer.objects.get(pk=ana.pk).custom["own"] == 123450
    assert texts(staff, f"/customers/grid/rows/{address}") == [["Ana Lima", ["1234.50", 1234.5]]]


def test_an_address_is_put_in_replaced_and_taken_away_and_each_is_taken_back(staff: Client, ana: Customer) -> None:
    address = "?grid=1&columns=name,email,phone"

    def put_email(text: str) -> Any:
        cells = [{"row": str(ana.pk), "column": "email", "text": text}]
        return post(staff, f"/customers/grid/changes/{address}", {"cells": cells})

    def emails() -> list[object]:
        return [row[1] for row in texts(staff, f"/customers/grid/rows/{address}")]

    steps = []
    for text in ("ana@example.com", "lima@example.org", ""):
        answer = put_email(text)
        assert (told(answer), emails()) == ([("email", 200)], [text])
        steps.append(answer.json()["undo"])
    for undone, there in zip(reversed(steps), ("lima@example.org", "ana@example.com", ""), strict=True):
        post(staff, f"/customers/grid/undo/{address}", {"undo": undone})
        assert emails() == [there]
    builders.customer("Ben", email="ben@example.com")
    assert reasons(put_email("ben@example.com")) == ["Another customer has this already."]
    assert sorted(emails(), key=str) == ["", "ben@example.com"]


def test_what_is_refused_is_told_and_stays_while_the_rest_is_saved(staff: Client, ana: Customer, ben: Customer) -> None:
    answer = put(
        staff, (ana, "city", "x" * 121), (ana, "stage", "nonsense"), (ben, "city", "Bath"), (ben, "orders", "3"),
        (ben, "name", ""),
    )  # fmt: skip

    assert sorted(told(answer)) == [("city", 200), ("city", 422), ("name", 422), ("orders", 422), ("stage", 422)]
    assert set(reasons(answer)) == {
        "Ensure this value has at most 120 characters (it has 121).",
        "“nonsense” is none of the choices.",
        "This column is not changed here.",
        "This field is required.",
    }
    assert [city(ana), city(ben)] == ["Porto", "Bath"]
    assert EventRecord.objects.filter(type="customers.changed").count() == 1


def test_what_somebody_else_changed_meanwhile_is_not_written_over(staff: Client, ana: Customer) -> None:
    answer = put(staff, (ana, "city", "Lisbon"), was="Faro")

    assert answer.json()["told"] == [
        {
            "row": str(ana.pk), "column": "city", "status": 409, "now": "Porto",
            "reason": "Meanwhile somebody changed this to: Porto",
        }
    ]  # fmt: skip
    assert city(ana) == "Porto"
    assert told(put(staff, (ana, "city", "Lisbon"), was="Porto")) == [("city", 200)]
    assert told(put(staff, (ana, "city", "Lisbon"), was="Porto")) == [("city", 200)]  # it arrived, the answer did not


def test_a_row_out_of_reach_is_not_there_and_the_others_are_changed(client: Client, cast: Cast) -> None:
    cast.ben.role.grants = {"customers.view": "own", "customers.change": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)
    theirs, mine = builders.customer("Ana", owner=cast.sam, city="Porto"), builders.customer("Ben", owner=cast.ben)
    answer = put(client, (theirs, "city", "Lisbon"), (mine, "city", "Bath"))

    assert sorted(status for _column, status in told(answer)) == [200, 404]
    assert [city(theirs), city(mine)] == ["Porto", "Bath"]
    assert [row["id"] for row in client.get(ROWS).json()["rows"]] == [str(mine.pk)]


def test_who_may_see_a_row_but_not_change_it_is_refused_at_the_cell(client: Client, cast: Cast) -> None:
    cast.ben.role.grants = {"customers.view": "all", "customers.change": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)
    theirs = builders.customer("Ana", owner=cast.sam, city="Porto")
    answer = put(client, (theirs, "city", "Lisbon"))

    assert (told(answer), reasons(answer)) == ([("city", 422)], ["You may not change this one."])
    assert city(theirs) == "Porto"


def test_a_reader_has_no_grid_and_changes_nothing(client: Client, cast: Cast, ana: Customer) -> None:
    cast.ben.role.grants = {"customers.view": "all"}
    cast.ben.role.save()
    client.force_login(cast.ben)

    assert "rapport-grid" not in client.get(f"/customers/{GRID}").content.decode()
    assert put(client, (ana, "city", "Lisbon")).status_code == 403
    assert put(client, new=[{"key": str(uuid4()), "cells": {"name": "Eve"}}]).status_code == 403
    assert city(ana) == "Porto"
    assert Customer.objects.count() == 1
    cast.ben.role.grants = {}
    cast.ben.role.save()
    assert client.get(ROWS).status_code == 403


def test_another_ones_changes_are_not_taken_back(staff: Client, client: Client, cast: Cast, ana: Customer) -> None:
    steps = put(staff, (ana, "city", "Lisbon")).json()["undo"]
    client.force_login(cast.mona)
    post(client, UNDO, {"undo": steps, "rows": []})

    assert city(ana) == "Lisbon"


def test_rows_are_added_with_their_cells_and_taken_back(staff: Client, cast: Cast) -> None:
    keys = [f"{number:032x}" for number in range(3)]
    new = [
        {"key": keys[0], "cells": {"name": "Eve Costa", "city": "Beja", "stage": "Customer"}},
        {"key": keys[1], "cells": {"name": " ", "city": "Tomar"}},
        {"key": keys[2], "cells": {"name": "Gil", "stage": "nonsense"}},
    ]
    answer = put(staff, new=new).json()

    eve, gil = Customer.objects.order_by("name")
    assert (eve.given_name, eve.family_name, eve.city, eve.stage) == ("Eve", "Costa", "Beja", "customer")
    assert (gil.name, gil.given_name, gil.stage) == ("Gil", "Gil", "lead")
    assert answer["added"] == {keys[0]: str(eve.pk), keys[2]: str(gil.pk)}
    assert [(one["row"], one["column"]) for one in answer["told"]] == [(keys[1], "name"), (str(gil.pk), "stage")]

    again = put(staff, new=new).json()
    assert again["added"] == answer["added"]
    assert Customer.objects.count() == 2

    undone = post(staff, UNDO, {"undo": answer["undo"], "rows": [str(eve.pk), str(gil.pk)]}).json()
    assert set(undone["gone"]) == {str(eve.pk), str(gil.pk)}
    assert not Customer.objects.live().exists()


def test_what_is_no_block_is_refused_whole(staff: Client, ana: Customer) -> None:
    assert post(staff, CHANGES, {"cells": [{"row": "x"}]}).status_code == 400
    assert post(staff, UNDO, {"undo": [["city", "x"]]}).status_code == 400
    many = [{"row": str(ana.pk), "column": "city", "text": "Lisbon"}] * 1001
    assert post(staff, CHANGES, {"cells": many}).status_code == 413
    assert city(ana) == "Porto"


def test_a_row_that_is_gone_is_told(staff: Client, ana: Customer) -> None:
    cells = [{"row": str(UUID(int=1) if one else uuid4()), "column": "city", "text": "x"} for one in (0, 1)]
    answer = post(staff, CHANGES, {"cells": cells})

    assert [status for _column, status in told(answer)] == [404, 404]
    assert answer.json()["rows"] == []


def test_tickets_have_a_grid_too(staff: Client, cast: Cast) -> None:
    ticket = wrote("Two lanterns arrived bent.")
    address = "?grid=1&columns=subject,priority,owner"
    cells = [
        {"row": str(ticket.pk), "column": "priority", "text": "urgent", "was": None},
        {"row": str(ticket.pk), "column": "owner", "text": cast.alice.name, "was": None},
    ]
    answer = post(staff, f"/tickets/grid/changes/{address}", {"cells": cells})

    assert [status for _column, status in told(answer)] == [200, 200]
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.owner) == ("urgent", cast.alice)
    post(staff, f"/tickets/grid/undo/{address}", {"undo": answer.json()["undo"], "rows": []})
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.owner) == ("normal", None)


def test_records_of_a_custom_object_have_a_grid_too(staff: Client) -> None:
    kind, key = garage().vehicle, f"{7:032x}"
    address, asked = f"/objects/{kind.key}/grid", "?grid=1&columns=name,custom_make,custom_mileage"
    body = {"new": [{"key": key, "cells": {"name": "12-AB-34", "custom_make": "fiat", "custom_mileage": "far"}}]}
    answer = post(staff, f"{address}/changes/{asked}", body).json()

    row = Record.objects.get()
    assert (row.name, row.custom) == ("12-AB-34", {"make": "Fiat"})
    assert [(one["column"], one["reason"]) for one in answer["told"]] == [("custom_mileage", "Enter a number.")]
    post(staff, f"{address}/changes/{asked}", {"cells": [{"row": str(row.pk), "column": "name", "text": "56-CD-78"}]})
    assert texts(staff, f"{address}/rows/{asked}") == [["56-CD-78", "Fiat", ""]]
    post(staff, f"{address}/undo/{asked}", {"undo": answer["undo"], "rows": [str(row.pk)]})
    assert texts(staff, f"{address}/rows/{asked}") == []
