"""The firm's own fields come in by their declared types, cell by cell; again nothing changes, and undo takes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rapport.commerce.models import Order, Product
from rapport.customers.models import Customer
from rapport.customers.services import custom_fields
from rapport.imports.models import ImportRun
from rapport.imports.services import runs
from rapport.imports.tests.conftest import Import
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord

pytestmark = pytest.mark.django_db
State = Callable[[], dict[str, tuple[int, str]]]
FIELDS = (
    ("Shoe size", "number", ()),
    ("VIP", "boolean", ()),
    ("Contract until", "date", ()),
    ("Credit limit", "money", ()),
    ("Sport", "choice", ("Running", "Hiking")),
    ("Interests", "choices", ("Tents", "Maps")),
    ("Shop", "url", ()),
)
HEADER = "Name,Email,Shoe size,custom:vip,contract_until,Credit limit,Sport,Interests,Shop\n"
ANA = 'Ana,ana@example.com,"41,5",yes,31/12/2027,"1.200,50",hiking,"Maps; Tents",ana.example.com\n'
VALUES = {
    "shoe_size": 41.5, "vip": True, "contract_until": "2027-12-31", "credit_limit": 120050, "sport": "Hiking",
    "interests": ["Maps", "Tents"], "shop": "https://ana.example.com",
}  # fmt: skip
ORDERS = "Order number,Date,Total,Gift,Desk\nA1,2021-03-01,10.00,yes,5\nA2,2021-03-02,20.00,,\n"


@pytest.fixture(autouse=True)
def own(cast: object) -> None:
    for label, kind, options in FIELDS:
        custom_fields.add("customer", label, kind, by=SYSTEM, options=options)
    custom_fields.add("order", "Gift", "boolean", by=SYSTEM)
    custom_fields.add("order", "Desk", "number", by=SYSTEM)
    custom_fields.add("product", "Material", "text", by=SYSTEM)


def test_cells_become_values_of_the_declared_types(imported: Import) -> None:
    done = imported(HEADER + ANA)
    assert (done.counts("customer"), done.problems) == ((1, 1, 0, 0, 0), [])
    assert Customer.objects.get().custom == VALUES


def test_a_cell_of_another_type_refuses_its_row(imported: Import) -> None:
    bad = "{0},n{0}@example.com,{1}\n".format
    rows = [
        bad(1, "big,,,,,,"), bad(2, ",maybe,,,,,"), bad(3, ",,31/02/2027,,,,"), bad(4, ",,,much,,,"),
        bad(5, ",,,,Sleeping,,"), bad(6, ',,,,,"Maps; Boats",'), bad(7, ",,,,,,not a place"),
    ]  # fmt: skip
    done = imported(HEADER + ANA + "".join(rows))
    assert done.problems == [
        ("amount", 3, "Shoe size"), ("boolean", 4, "custom:vip"), ("date-impossible", 5, "contract_until"),
        ("amount", 6, "Credit limit"), ("choice", 7, "Sport"), ("choice", 8, "Interests"), ("url", 9, "Shop"),
    ]  # fmt: skip
    assert (done.counts("customer"), Customer.objects.get().name) == ((8, 1, 0, 0, 7), "Ana")


def test_a_needed_field_left_empty_refuses_its_row(imported: Import) -> None:
    custom_fields.add("customer", "Region code", "text", by=SYSTEM, required=True)
    done = imported("Name,Email,Region code\nAna,ana@example.com,N\nBo,bo@example.com,\n")
    assert (done.counts("customer"), done.problems) == ((2, 1, 0, 0, 1), [("required", 3, "Region code")])


def test_the_same_again_changes_nothing_and_new_values_fill_or_replace(imported: Import, state: State) -> None:
    imported(HEADER + ANA)
    before = state()
    assert imported(HEADER + ANA).counts("customer") == (1, 0, 0, 1, 0)
    assert state() == before
    other = "Name,Email,Shoe size,Sport\nAna,ana@example.com,42,Running\n"
    assert imported(other).counts("customer") == (1, 0, 0, 1, 0), "what is there stays"
    done = imported(other, overwrite=True)
    assert done.counts("customer") == (1, 0, 1, 0, 0)
    assert Customer.objects.get().custom == {**VALUES, "shoe_size": 42, "sport": "Running"}
    told = EventRecord.objects.get(type="customers.changed", cause_id=done.run.pk)
    assert told.data["changes"] == {"custom.shoe_size": [41.5, 42], "custom.sport": ["Hiking", "Running"]}
    runs.undo(done.run, by=SYSTEM)
    assert Customer.objects.get().custom == VALUES


def test_orders_and_products_have_their_own_fields(imported: Import, state: State) -> None:
    before = state()
    first = imported({"orders.csv": ORDERS})
    assert first.counts("order") == (2, 2, 0, 0, 0)
    assert dict(Order.objects.values_list("number", "custom")) == {"A1": {"gift": True, "desk": 5}, "A2": {}}
    assert imported({"orders.csv": ORDERS}).counts("order") == (2, 0, 0, 2, 0)
    second = imported({"orders.csv": ORDERS.replace("yes,5", "no,")})
    assert second.counts("order") == (2, 0, 1, 1, 0)
    assert Order.objects.get(number="A1").custom == {"gift": False, "desk": 5}
    runs.undo(second.run, by=SYSTEM)
    assert Order.objects.get(number="A1").custom == {"gift": True, "desk": 5}
    products = {"products.csv": "SKU,Product name,Material\nL1,Lantern,paper\n"}
    third = imported(products)
    assert Product.objects.get(sku="L1").custom == {"material": "paper"}
    assert imported(products).counts("product") == (1, 0, 0, 1, 0)
    for run in (third.run, *ImportRun.objects.filter(status="loaded").exclude(pk=third.run.pk).order_by("-created_at")):
        runs.undo(run, by=SYSTEM)
    assert state() == before


MAPPING = """schema = 1
name = "mine"
label = "Mine"
[files]
people = { columns = ["Name"] }
[[nouns]]
noun = "customer"
file = "people"
fields.name = "Name"
custom.SHOES = "Feet"
"""


def test_a_mapping_names_own_fields_by_their_keys(imported: Import) -> None:
    file = "Name,Feet\nAna,41\n"
    imported(file, profile=MAPPING.replace("SHOES", "shoe_size"))
    assert Customer.objects.get().custom == {"shoe_size": 41}
    with pytest.raises(runs.BadProfile) as refused:
        imported(file, profile=MAPPING.replace("SHOES", "hat_size"))
    assert str(refused.value) == "There is no custom field hat_size of customer."


def test_a_cell_beyond_what_its_field_takes_refuses_its_row(imported: Import) -> None:
    custom_fields.add("customer", "Beds", "number", by=SYSTEM, minimum=1, maximum=9)
    custom_fields.add("customer", "Comfort", "rating", by=SYSTEM)
    custom_fields.add("customer", "Accounts", "email", by=SYSTEM)
    head = "Name,Email,Beds,Comfort,Accounts\n"
    rows = [f"{name},{name.lower()}@example.com,{rest}\n" for name, rest in (
        ("Ana", "9,5,a@example.com"), ("Bo", "10,,"), ("Cy", ",6,"), ("Di", ",,nowhere"),
    )]  # fmt: skip
    done = imported(head + "".join(rows))
    assert Customer.objects.get().custom == {"beds": 9, "comfort": 5, "accounts": "a@example.com"}
    assert done.problems == [("unfit", 3, "Beds"), ("unfit", 4, "Comfort"), ("unfit", 5, "Accounts")]
