"""A mapping is suggested from the names of columns in several languages, and from what stands in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rapport.imports.mapping.suggesting import Suggestion, suggest
from rapport.imports.reading import Table, open_table, sniff


def _suggested(folder: Path, text: str) -> tuple[Suggestion, list[Table]]:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    tables = [open_table(path, sniff(path))]
    return suggest(tables), tables


def _fields(suggestion: Suggestion) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for guess in suggestion.guesses:
        found.setdefault(guess.noun, {})[guess.field] = guess.column
    return found


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            """Kundennummer;Vorname;Nachname;E-Mail-Adresse;Telefon;Straße;PLZ;Ort;Land
            1;Ana;Lima;a@example.com;030 123456;Weg 1;10115;Berlin;DE""",
            {"external": "Kundennummer", "given_name": "Vorname", "family_name": "Nachname", "email": "E-Mail-Adresse",
             "phone": "Telefon", "street": "Straße", "postcode": "PLZ", "city": "Ort", "country": "Land"},
        ),
        (
            """Nom,Prénom,Courriel,Téléphone,Adresse,Code postal,Ville,Pays
            Lima,Ana,a@example.com,0612345678,1 rue,75001,Paris,FR""",
            {"family_name": "Nom", "given_name": "Prénom", "email": "Courriel", "phone": "Téléphone",
             "street": "Adresse", "postcode": "Code postal", "city": "Ville", "country": "Pays"},
        ),
        (
            "EMAIL;LASTNAME;FIRSTNAME;SMS;EMAIL_BLACKLISTED;ADDED_TIME\na@example.com;Lima;Ana;+33612345678;No;01-02-2021\n",
            {"email": "EMAIL", "family_name": "LASTNAME", "given_name": "FIRSTNAME", "phone": "SMS",
             "refuse_email": "EMAIL_BLACKLISTED", "since": "ADDED_TIME"},
        ),
        (
            """Record ID,First Name,Last Name,Email,Phone Number,Create Date,Job Title,Company Name
            1,Ana,Lima,a@example.com,+1 415 555 2671,2024-03-12 09:14,Buyer,Lima""",
            {"external": "Record ID", "given_name": "First Name", "family_name": "Last Name", "email": "Email",
             "phone": "Phone Number", "since": "Create Date", "role": "Job Title", "company": "Company Name"},
        ),
    ],
)  # fmt: skip
def test_maps_customers_in_any_language(tmp_path: Path, text: str, fields: dict[str, str]) -> None:
    suggestion, _ = _suggested(tmp_path, text)
    assert _fields(suggestion) == {"customer": fields}


def test_maps_lines_to_orders_products_and_customers(tmp_path: Path) -> None:
    text = "Bestellnummer;Kundennummer;Bestelldatum;Artikelnummer;Bezeichnung;Menge;Einzelpreis\n"
    text += "B1;7;01.02.2021;A1;Laterne;2;12,50\n"
    suggestion, _ = _suggested(tmp_path, text)
    found = _fields(suggestion)
    assert found["line"] == {
        "order_number": "Bestellnummer", "sku": "Artikelnummer", "name": "Bezeichnung", "quantity": "Menge",
        "unit_price": "Einzelpreis",
    }  # fmt: skip
    assert found["order"] == {
        "number": "Bestellnummer",
        "customer_external": "Kundennummer",
        "placed_at": "Bestelldatum",
    }
    assert found["product"] == {"sku": "Artikelnummer", "name": "Bezeichnung"}
    assert {extract.noun: extract.once for extract in suggestion.profile.nouns} == {
        "customer": True, "order": True, "product": True, "line": False,
    }  # fmt: skip


def test_maps_plain_transactions(tmp_path: Path) -> None:
    suggestion, _ = _suggested(tmp_path, "client,day,value\n1,2021-01-02,10.5\n2,2021-01-03,11.5\n")
    assert _fields(suggestion) == {"transaction": {"customer_external": "client", "at": "day", "amount": "value"}}


def test_finds_addresses_under_any_name_by_their_looks(tmp_path: Path) -> None:
    suggestion, _ = _suggested(tmp_path, "Name,Reach\nAna,a@example.com\nBo,b@example.com\n")
    (guess,) = [guess for guess in suggestion.guesses if guess.field == "email"]
    assert (guess.column, guess.confidence) == ("Reach", 0.4)


def test_never_maps_hashes_of_passwords_and_says_what_it_left(tmp_path: Path) -> None:
    text = "email,firstname,lastname,password_hash,group_id\na@example.com,Ana,Lima,5f4dcc3b,1\n"
    suggestion, tables = _suggested(tmp_path, text)
    assert _fields(suggestion) == {"customer": {"email": "email", "given_name": "firstname", "family_name": "lastname"}}
    assert suggestion.unused(tables) == {"file.csv": ["password_hash", "group_id"]}
