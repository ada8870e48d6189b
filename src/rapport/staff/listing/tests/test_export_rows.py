"""Taking rows out: what the list shows, all of it, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from rapport.kernel.models import EventRecord
from rapport.testing import builders
from rapport.testing.cast import Cast


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def lines(client: Client, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_csv_holds_the_columns_and_all_rows_of_the_list_in_its_order(staff: Client) -> None:
    for number in range(70):
        who = builders.customer(f"Person {number:02}", country="PT" if number % 2 else "ES")
        builders.order(who, builders.line(unit_price_minor=1250), placed_at=datetime(2030, 1, 1, tzinfo=UTC))
    found = lines(staff, '/customers/export.csv?sort=-name&columns=name,orders,value,touch&f=country = "PT"')

    assert found[0] == ["Name", "Orders", "Value", "Last touch"]
    assert [line[0] for line in found[1:]] == [f"Person {number:02}" for number in range(69, 0, -2)]
    assert found[1][1:] == ["1", "12.50", "2030-01-01 00:00"]


@pytest.mark.parametrize("name", ["=1+1", "+44", "-1", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0"])
def test_formulas_are_defused(staff: Client, name: str) -> None:
    builders.customer("x", city=name)
    found = lines(staff, "/customers/export.csv?columns=name,city")

    assert found[1][1] == f"'{name}"


def test_a_sheet_holds_numbers_as_numbers_and_texts_as_texts(staff: Client) -> None:
    who = builders.customer("=1+1")
    builders.order(who, builders.line(unit_price_minor=1250), placed_at=datetime(2030, 1, 1, 12, tzinfo=UTC))
    answer = staff.get("/customers/export.xlsx?columns=name,value,touch")
    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()

    assert sheet == [["Name", "Value", "Last touch"], ["=1+1", 12.5, datetime(2030, 1, 1, 12)]]  # noqa: DTZ001 -- sheets know no zone


def test_who_took_what_out_is_on_record(staff: Client, cast: Cast) -> None:
    staff.get('/customers/export.csv?columns=name&f=country = "PT"&q=ana').getvalue()
    event = EventRecord.objects.get(type="team.list_exported")

    assert event.actor_id == cast.alice.pk
    assert event.data == {
        "name": "customers", "kind": "csv", "condition": 'country = "PT"', "search": "ana", "columns": ["name"],
    }  # fmt: skip


def test_refusals_leave_no_record(client: Client, cast: Cast) -> None:
    for who, address, status in (
        (cast.ben, "/customers/export.csv", 403),
        (cast.carla, "/orders/export.xlsx", 403),
        (cast.alice, "/customers/export.pdf", 404),
        (cast.alice, "/customers/trash/export.csv", 404),
    ):
        client.force_login(who)
        assert client.get(address).status_code == status, address

    assert not EventRecord.objects.filter(type="team.list_exported").exists()
