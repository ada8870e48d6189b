"""Custom objects in a browser: from nothing to a list, a page and the customer's, without leaving the product."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from rapport.customers.services import custom_fields
from rapport.kernel.actors import SYSTEM
from rapport.objects.models import ObjectType, Record
from rapport.objects.services import links, records, types
from rapport.testing import builders
from rapport.testing.cast import Cast
from tests.browser.conftest import visit

VEHICLES = (
    ("KX19 LBD", "Eleanor Marsh", "Saab", 121_400), ("LR68 VTN", "Priya Raman", "Audi", 48_090),
    ("YD70 OPS", "Tom Ashby", "Fiat", 18_250), ("BN17 KLE", "Eleanor Marsh", "Fiat", 90_112),
    ("PO71 HUM", "Lukas Berg", "Volvo", 7_300), ("GU65 ARE", "", "Volvo", 164_020),
)  # fmt: skip
REPAIRS = (("Brakes, front", 32_500), ("Inspection", 12_900), ("Timing belt and water pump", 68_000))


def test_a_firm_declares_what_it_keeps_and_uses_it_at_once(
    signed_in_page: Page, axe: Callable[[Page], list[str]]
) -> None:
    ana, page = builders.customer("Ana Lima"), signed_in_page
    visit(page, "/settings/objects/")
    page.get_by_role("link", name="Add a custom object").first.click()
    page.get_by_label("One is called").fill("Vehicle")
    page.get_by_label("Several are called").fill("Vehicles")
    page.get_by_label("Its name is called").fill("Registration")
    page.locator(".icon-pick", has_text="car").first.click()
    assert axe(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vehicles")
    page.get_by_role("link", name="Add a field").click()
    page.get_by_label("Label").fill("Make")
    page.get_by_label("Type").select_option("choice")
    page.get_by_label("Choices").fill("Saab\nFiat")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Saab, Fiat")
    assert axe(page) == []
    page.get_by_role("link", name="Vehicles").first.click()  # in the rail, at once
    page.get_by_role("link", name="Add: Vehicle").click()
    page.get_by_label("Registration").fill("KX19 LBD")
    page.get_by_role("combobox", name="Customer").press_sequentially("Ana L")
    expect(page.locator("datalist option")).to_have_attribute("value", f"C-{ana.number} Ana Lima")
    page.get_by_role("combobox", name="Customer").fill(f"C-{ana.number} Ana Lima")
    page.get_by_label("Make").select_option("Saab")
    assert axe(page) == []
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("KX19 LBD")
    assert axe(page) == []
    page.get_by_role("link", name="Ana Lima").click()
    expect(page.locator("main")).to_contain_text("Vehicle KX19 LBD was added")
    assert Record.objects.get().customer == ana


def test_custom_objects_look_right_in_both_sizes_and_themes(
    cast: Cast, signed_in_page: Page, screenshot: Callable[..., None], axe: Callable[[Page], list[str]]
) -> None:
    vehicle, rows = filled(cast)
    for address in ("/objects/vehicle/", f"/objects/vehicle/{rows[0].pk}/", f"/settings/objects/{vehicle.pk}/"):
        visit(signed_in_page, address)
        assert axe(signed_in_page) == []
    screenshot("objects", "/objects/vehicle/")
    screenshot("objects-board", "/objects/vehicle/?board=custom_make")
    screenshot("record", f"/objects/vehicle/{rows[0].pk}/")
    screenshot("record-form", f"/objects/vehicle/{rows[0].pk}/edit/")
    screenshot("object-types", "/settings/objects/")
    screenshot("object-type", f"/settings/objects/{vehicle.pk}/")
    screenshot("object-type-form", f"/settings/objects/{vehicle.pk}/change/")
    screenshot("customer-objects", f"/customers/{rows[0].customer_id}/")


def filled(cast: Cast) -> tuple[ObjectType, list[Record]]:
    """Declare vehicles and repairs with a few of each."""
    about = "Cars and vans we look after."
    vehicle = types.add("Vehicle", "Vehicles", by=SYSTEM, name_label="Registration", icon="car", description=about)
    custom_fields.add(vehicle.noun, "Make", "choice", by=SYSTEM, options=["Audi", "Fiat", "Saab", "Volvo"])
    custom_fields.add(vehicle.noun, "Mileage", "number", by=SYSTEM)
    custom_fields.add(vehicle.noun, "Next inspection", "date", by=SYSTEM)
    custom_fields.add(vehicle.noun, "Features", "choices", by=SYSTEM, options=["Hook", "Roof rack"])
    repair = types.add(
        "Repair", "Repairs", by=SYSTEM, customer="none", icon="tool", description="What was done to them."
    )
    custom_fields.add(repair.noun, "Price", "money", by=SYSTEM)
    links.add(repair, "Vehicle", vehicle, by=SYSTEM, back_label="Repairs")
    known = {name: builders.customer(name) for name in {row[1] for row in VEHICLES} if name}
    rows = [
        records.add(
            vehicle, by=SYSTEM, name=plate, customer=known.get(name), owner=cast.ben,
            custom={"make": make, "mileage": mileage, "next_inspection": "2027-03-01", "features": ["Hook"]},
        )
        for plate, name, make, mileage in VEHICLES
    ]  # fmt: skip
    for name, price in REPAIRS:
        records.add(repair, by=SYSTEM, name=name, links={"vehicle": rows[0]}, custom={"price": price})
    records.change(rows[0], by=SYSTEM, custom={"mileage": 122_010})
    return vehicle, rows
