"""The shipped mappings read what they are for, are recognised by headers alone, and survive being written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from rapport.imports.profiles import BadProfile, load, names, parse, recognise
from rapport.imports.profiles.writing import as_toml

ONE = 'schema=1\nname="x"\nlabel="x"\n[files]\na={}\n[[nouns]]\nnoun='
GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,File As,Organization Name,Organization Title,"
    "Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,"
    "Phone 1 - Value,Address 1 - Street,Address 1 - City,Address 1 - Country\n"
)
GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Birthday,Notes,Language,Group Membership,E-mail 1 - Type,"
    "E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value\n"
)
SHOPIFY_CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address City,"
    "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,"
    "Tax Exempt,Tags\n"
)
SHOPIFY_CUSTOMERS_OLD = (
    "First Name,Last Name,Email,Accepts Marketing,Company,Address1,Address2,City,Province,Province Code,Country,"
    "Country Code,Zip,Phone,Total Spent,Total Orders,Tags,Note,Tax Exempt\n"
)
SHOPIFY_ORDERS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Id\n"
)
WOO = "Order Number,Order Status,Order Date,Email (Billing),SKU,Item Name,Quantity,Item Cost,Order Total Amount\n"
RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
CDNOW = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n"
CDNOW_SAMPLE = " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n"
CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEND:VCARD\n"


def _row(header: str) -> str:
    return header + ",".join("x" for _ in header.split(",")) + "\n"


@pytest.mark.parametrize("name", names())
def test_a_shipped_mapping_survives_being_written_down(name: str) -> None:
    profile = load(name)
    assert profile.name == name
    assert parse(as_toml(profile)) == profile


@pytest.mark.parametrize(
    ("text", "file", "profile", "role"),
    [
        (_row(GOOGLE), "contacts.csv", "google_contacts", "contacts"),
        (_row(GOOGLE_OLD), "google.csv", "google_contacts", "contacts_old"),
        (_row(SHOPIFY_CUSTOMERS), "customers_export.csv", "shopify_customers", "customers"),
        (_row(SHOPIFY_CUSTOMERS_OLD), "customers.csv", "shopify_customers", "customers"),
        (_row(SHOPIFY_ORDERS), "orders_export.csv", "shopify_orders", "orders"),
        (_row(WOO), "orders.csv", "woocommerce_orders", "orders"),
        (_row(RETAIL), "data.csv", "online_retail", "lines"),
        (_row(RETAIL.replace(",", ";")), "data.csv", "online_retail", "lines"),
        (CDNOW, "CDNOW_master.txt", "generic_transactions", "cdnow_master"),
        (CDNOW_SAMPLE, "CDNOW_sample.txt", "generic_transactions", "cdnow_sample"),
        (CARD, "contacts.vcf", "vcard", "cards"),
    ],
)
def test_a_file_is_recognised_by_its_header(tmp_path: Path, text: str, file: str, profile: str, role: str) -> None:
    path = tmp_path / file
    path.write_text(text, encoding="utf-8")
    found = recognise([path])
    assert found is not None
    assert (found.profile.name, [match.role for match in found.matches]) == (profile, [role])


def test_recognises_old_exports_in_utf_16(tmp_path: Path) -> None:
    path = tmp_path / "google.csv"
    path.write_bytes(_row(GOOGLE_OLD).encode("utf-16-le"))
    found = recognise([path])
    assert found is not None
    assert found.profile.name == "google_contacts"


def test_says_which_files_of_a_set_are_missing(tmp_path: Path) -> None:
    path = tmp_path / "olist_orders_dataset.csv"
    path.write_text("order_id,customer_id,order_status,order_purchase_timestamp\na,b,delivered,2018-01-01 10:00:00\n")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    found = recognise([path, other])
    assert found is not None
    assert (found.profile.name, [match.role for match in found.matches]) == ("olist", ["orders"])
    assert "customers" in found.missing
    assert found.unknown == (other,)


def test_nothing_is_recognised_in_a_file_of_no_known_kind(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Kundennummer,Vorname,Nachname\n1,Ana,Lima\n")
    assert recognise([path]) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("schema = 1", "name"),
        ("schema = 2\nname = 'x'\nlabel = 'x'\nnouns = []\n[files]\n", "schema"),
        ("nonsense", "not TOML"),
        (ONE + '"customer"\nfile="b"\nfields.email="E"', "no file b"),
        (ONE + '"customer"\nfile="a"\nfields.mail="E"', "mail"),
        (ONE + '"order"\nfile="a"\nfields.total="T"', "number"),
        (ONE + '"order"\nfile="a"\nfields.number={colum="T"}', "colum"),
    ],
)  # fmt: skip
def test_a_mapping_that_makes_no_sense_says_where(text: str, words: str) -> None:
    with pytest.raises(BadProfile) as refused:
        parse(text)
    assert words in str(refused.value)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(BadProfile) as refused:
        load("olis")
    assert "olist" in str(refused.value)
