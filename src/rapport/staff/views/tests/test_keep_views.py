"""Saved views: kept, changed, shared, pinned, forgotten and brought back."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from rapport.team.models import SavedView
from rapport.testing import builders
from rapport.testing.cast import Cast

LISBON = 'country = "PT"'


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def keep(client: Client, name: str = "Portugal", query: str = f"f={LISBON}", **more: str) -> SavedView:
    answer = client.post(f"/customers/save/?{query}", {"name": name, **more})
    assert answer.status_code == 302, answer.content.decode()
    return SavedView.objects.get(name=name)


def test_a_view_keeps_filter_columns_and_order(staff: Client) -> None:
    builders.customer("Ana", country="PT")
    builders.customer("Ben", country="ES")
    view = keep(staff, query=f"f={LISBON}&sort=-name&columns=name,city")
    shown = staff.get(f"/customers/?view={view.pk}").context["shown"]

    assert (view.condition, view.sort, view.columns) == (LISBON, "-name", ["name", "city"])
    assert [row.label for row in shown.table.rows] == ["Ana"]
    assert [column.key for column in shown.table.columns] == ["name", "city"]
    assert not shown.asked.changed
    assert [tab.label for tab in shown.tabs if tab.current] == ["Portugal"]


def test_what_differs_from_the_view_shows_until_it_is_saved_or_reset(staff: Client) -> None:
    view = keep(staff)
    shown = staff.get(f"/customers/?view={view.pk}&f={quote(LISBON)}&sort=name").context["shown"]
    assert shown.asked.changed
    assert not staff.get(shown.reset_url).context["shown"].asked.changed

    staff.post(shown.save_url, {"name": "Portugal"})
    assert SavedView.objects.get().sort == "name"


def test_tabs_say_how_many_after_the_page(staff: Client) -> None:
    builders.customer("Ana", country="PT")
    view = keep(staff)
    tabs = staff.get("/customers/counts/").context["tabs"]

    assert {tab.label: tab.count for tab in tabs}["Portugal"] == 1
    staff.post(f"/views/{view.pk}/pin/")
    assert [(one.label, one.count) for one in staff.get("/orders/").context["ui"].pinned] == [("Portugal", 1)]


def test_a_shared_view_is_everybodys_to_see_and_nobody_elses_to_forget(client: Client, cast: Cast) -> None:
    client.force_login(cast.dora)
    view = keep(client, shared="on")
    client.force_login(cast.ben)
    assert "Portugal" in client.get("/customers/").content.decode()
    assert client.post(f"/views/{view.pk}/forget/").status_code == 403
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_a_view_of_ones_own_is_nobody_elses_to_see(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    view = keep(client)
    client.force_login(cast.mona)

    assert "Portugal" not in client.get("/customers/").content.decode()
    for act in ("pin", "share", "forget"):
        assert client.post(f"/views/{view.pk}/{act}/").status_code == 404
    assert SavedView.objects.get() == view


def test_sharing_needs_the_right(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    view = keep(client, shared="on")

    assert not view.shared
    assert client.post(f"/views/{view.pk}/share/").status_code == 403
    view.refresh_from_db()
    assert not view.shared


def test_forgetting_is_undone_by_the_toast(staff: Client) -> None:
    view = keep(staff, query=f"f={LISBON}&sort=-name")
    answer = staff.post(f"/views/{view.pk}/forget/", follow=True)
    assert not SavedView.objects.exists()

    undo = answer.context["ui"].toasts[0].undo
    staff.post(undo)
    back = SavedView.objects.get()
    assert (back.name, back.condition, back.sort) == ("Portugal", LISBON, "-name")
    assert staff.post("/views/restore/forged/").status_code == 404


def test_a_view_needs_a_name(staff: Client) -> None:
    assert staff.post("/customers/save/", {"name": ""}).status_code == 422
    assert not SavedView.objects.exists()


def test_columns_are_chosen_in_their_order_or_by_number(staff: Client) -> None:
    dragged = staff.get("/customers/columns/", {"chosen": "1", "show": ["name", "value", "city"]})
    assert dragged.headers["Location"] == "/customers/?columns=name%2Cvalue%2Ccity"

    places = {f"place-{choice.column.key}": str(choice.place)
              for choice in staff.get("/customers/columns/").context["choices"]}  # fmt: skip
    sent = {"chosen": "1", "show": ["name", "company", "value"], **places, "place-value": "1"}
    assert staff.get("/customers/columns/", sent).headers["Location"] == "/customers/?columns=value%2Cname%2Ccompany"
