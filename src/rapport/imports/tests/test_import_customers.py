"""Customers from files: added, matched, filled, and never harmed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rapport.customers.models import Affiliation, Consent, Customer, Duplicate, Identity, StageSpan
from rapport.customers.queries import search
from rapport.customers.services import comparing, consents, customers
from rapport.customers.services.customers import NewIdentity
from rapport.imports.tests.conftest import Import
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.timeline.models import Activity

pytestmark = pytest.mark.django_db

ANA = (
    "Customer ID,First Name,Last Name,Email,Phone,City,Country,Birthday,Tags\n"
    "17850.0,Ana,Müller,Ana@Example.com,020 7946 0958,London,UK,23/04/1980,gold;new\n"
)


def test_adds_a_customer_with_everything_the_file_says(imported: Import) -> None:
    done = imported(ANA + "17851,Bo,Berg,bo@example.com,,Oslo,Norway,25/12/1990,\n")
    assert done.counts("customer") == (2, 2, 0, 0, 0)
    ana = Customer.objects.get(family_name="Müller")
    assert (ana.name, ana.city, ana.country, ana.birthday, ana.tags, ana.kind, ana.stage) == (
        "Ana Müller", "London", "GB", date(1980, 4, 23), ["gold", "new"], "person", "lead",
    )  # fmt: skip
    kept = Identity.objects.filter(customer=ana).order_by("kind").values_list("kind", "normal", "match_key", "primary")
    assert list(kept) == [
        ("email", "ana@example.com", "ana@example.com", True),
        ("external", "17850", "17850", True),
        ("phone", "+442079460958", "442079460958", True),
    ]
    assert StageSpan.objects.filter(customer=ana, stage="lead", left_at=None).count() == 1
    event = EventRecord.objects.get(customer_id=ana.pk)
    assert (event.type, event.via, event.cause_id) == ("customers.created", "import", done.run.pk)


@pytest.mark.parametrize("typed", ["muller", "ana@exa", "020 7946 0958", "+44 20 7946 0958", "17850", "C-1", "london"])
def test_an_imported_customer_is_found_by_any_part(imported: Import, typed: str) -> None:
    imported(ANA)
    assert [found.name for found in search(typed, SYSTEM)] == ["Ana Müller"]


def test_the_same_file_again_changes_nothing(imported: Import) -> None:
    imported(ANA)
    again = imported(ANA)
    assert again.counts("customer") == (1, 0, 0, 1, 0)
    assert EventRecord.objects.filter(cause_id=again.run.pk).count() == 0


def test_bad_rows_stay_out_and_never_stop_good_ones(imported: Import) -> None:
    done = imported(
        "Name,Email,Phone,Birthday\n"
        "Ana,ana@example.com,+44 20 7946 0958,1980-02-31\n"
        "Bo,bo@,+44 20 7946 0958,\n"
        "Cy,cy@example.com,4.9E+12,\n"
        "Di,di@example.com,,1990-01-01\n"
        "Ed,ed@example.com\n"
        ",,,\n"
    )
    assert done.counts("customer") == (5, 1, 0, 0, 4)
    assert done.problems == [
        ("date-impossible", 2, "Birthday"),
        ("email", 3, "Email"),
        ("phone-spreadsheet", 4, "Phone"),
        ("row-short", 6, ""),
    ]
    assert list(Customer.objects.values_list("name", flat=True)) == ["Di"]
    assert list(done.run.problems.filter(row=3).values_list("cells", flat=True)) == [
        ["Bo", "bo@", "+44 20 7946 0958", ""]
    ]


def test_a_key_twice_in_a_file_names_the_first_row(imported: Import) -> None:
    done = imported("Name,Email\nAna,a@example.com\nBo,b@example.com\nAna again,A@example.com\n")
    assert done.counts("customer") == (3, 2, 0, 0, 1)
    (problem,) = done.outcome.problems
    assert (problem.code, problem.row, problem.value, dict(problem.params)) == (
        "key-twice", 4, "a@example.com", {"first": 2},
    )  # fmt: skip
    assert problem.cells == ["Ana again", "A@example.com"]


def test_two_rows_of_one_known_customer_name_the_first(imported: Import) -> None:
    given = [NewIdentity("email", "a@example.com"), NewIdentity("email", "b@example.com")]
    customers.create(name="Ana", identities=given, by=SYSTEM)
    done = imported("Name,Email\nAna,a@example.com\nAna,b@example.com\n")
    assert done.counts("customer") == (2, 0, 0, 1, 1)
    assert [(p.code, p.row, p.params["first"]) for p in done.outcome.problems] == [("same-customer", 3, 2)]


def test_fills_what_is_empty_and_leaves_what_people_wrote(imported: Import) -> None:
    given = [NewIdentity("email", "ana@example.com")]
    ana = customers.create(name="Ana Maria", city="Paris", identities=given, by=SYSTEM)
    done = imported(ANA)
    assert done.counts("customer") == (1, 0, 1, 0, 0)
    ana.refresh_from_db()
    assert (ana.name, ana.city, ana.country, ana.tags) == ("Ana Maria", "Paris", "GB", ["gold", "new"])
    assert set(ana.identities.values_list("kind", flat=True)) == {"email", "phone", "external"}
    changed = EventRecord.objects.get(type="customers.changed")
    assert changed.data["changes"]["country"] == ["", "GB"]
    assert changed.data["summary"].startswith("changed ")
    assert EventRecord.objects.filter(type="customers.identity_added", customer_id=ana.pk).count() == 2
    assert [found.pk for found in search("17850", SYSTEM)] == [ana.pk]


def test_overwrites_when_asked(imported: Import) -> None:
    given = [NewIdentity("email", "ana@example.com")]
    ana = customers.create(name="Ana Maria", city="Paris", identities=given, by=SYSTEM)
    imported(ANA, overwrite=True)
    ana.refresh_from_db()
    assert (ana.name, ana.city) == ("Ana Müller", "London")


def test_never_subscribes_anew_who_has_unsubscribed(imported: Import) -> None:
    ana = customers.create(name="Ana", identities=[NewIdentity("email", "ana@example.com")], by=SYSTEM)
    consents.withdraw(ana, "email", by=SYSTEM)
    file = "Name,Email,Accepts Email Marketing\nAna,ana@example.com,yes\nBo,bo@example.com,yes\nCy,cy@example.com,no\n"
    imported(file)
    states = Consent.objects.filter(replaced_at=None).values_list("customer__name", "channel", "state", "basis")
    assert sorted(states) == [
        ("Ana", "email", "withdrawn", ""),
        ("Bo", "email", "granted", "import"),
        ("Cy", "email", "withdrawn", ""),
    ]
    assert imported(file).counts("customer") == (3, 0, 0, 3, 0)


def test_an_import_withdraws_what_was_allowed(imported: Import) -> None:
    ana = customers.create(name="Ana", identities=[NewIdentity("email", "ana@example.com")], by=SYSTEM)
    consents.give(ana, "email", by=SYSTEM)
    done = imported("Email,EMAIL_BLACKLISTED\nana@example.com,Yes\n")
    assert done.counts("customer") == (1, 0, 1, 0, 0)
    assert Consent.objects.get(customer=ana, replaced_at=None).state == "withdrawn"


def test_an_address_of_somebody_else_is_left_out_and_said(imported: Import) -> None:
    customers.create(name="Ana", identities=[NewIdentity("external", "1")], by=SYSTEM)
    customers.create(name="Bo", identities=[NewIdentity("email", "bo@example.com")], by=SYSTEM)
    done = imported("Customer ID,Name,Email\n1,Ana,bo@example.com\n")
    assert done.problems == [("identity-taken", 2, "email")]
    assert Identity.objects.get(kind="email").customer.name == "Bo"


def test_customers_without_any_number_are_matched_by_all_that_is_known(imported: Import) -> None:
    file = "Name,City,Postcode\nAna Lima,Leeds,LS1\nAna Lima,York,YO1\nAna Lima,Leeds,LS1\n"
    done = imported(file)
    assert done.counts("customer") == (3, 2, 0, 0, 1)
    assert [(p.code, p.row, p.params["first"]) for p in done.outcome.problems] == [("same-customer", 4, 2)]
    assert imported(file).counts("customer") == (3, 0, 0, 2, 1)


def test_people_join_their_companies(imported: Import) -> None:
    file = "Name,Email,Company,Job Title\nAna,a@example.com,Lima Ltd,Buyer\nBo,b@example.com,LIMA LTD,\n,,Solo GmbH,\n"
    done = imported(file)
    assert done.counts("customer") == (3, 3, 0, 0, 0)
    assert set(Customer.objects.filter(kind="company").values_list("name", flat=True)) == {"Lima Ltd", "Solo GmbH"}
    joined = Affiliation.objects.values_list("person__name", "company__name", "role", "primary")
    assert sorted(joined) == [("Ana", "Lima Ltd", "Buyer", True), ("Bo", "Lima Ltd", "", True)]
    assert [found.name for found in search("lima", SYSTEM)] == ["Lima Ltd"]
    assert imported(file).counts("customer") == (3, 0, 0, 3, 0)


def test_a_row_of_a_shop_with_a_company_alone_is_a_company(imported: Import) -> None:
    head = "Customer ID,First Name,Last Name,Email,Default Address Company,Total Spent,Tax Exempt"
    done = imported(f"{head}\n1,,,post@solo.example,Solo GmbH,0,no\n2,Ana,Lima,a@example.com,Solo GmbH,0,no\n")
    assert done.run.profile == "shopify_customers"
    assert set(Customer.objects.values_list("kind", "name")) == {("company", "Solo GmbH"), ("person", "Ana Lima")}
    assert Affiliation.objects.values_list("person__name", "company__name").get() == ("Ana Lima", "Solo GmbH")


def test_notes_go_to_the_timeline_once(imported: Import) -> None:
    file = 'Name,Email,Notes\nAna,a@example.com,"Likes tea,\nno sugar"\n'
    imported(file)
    imported(file)
    assert list(Activity.objects.values_list("customer__name", "text")) == [("Ana", "Likes tea,\nno sugar")]


def test_days_to_come_are_left_out_with_a_warning(imported: Import) -> None:
    done = imported("Name,Email,Created at\nAna,a@example.com,2999-01-01\nBo,b@example.com,2020-05-01 10:00\n")
    assert done.counts("customer") == (2, 2, 0, 0, 0)
    assert done.problems == [("date-future", 2, "Created at")]
    assert Customer.objects.get(name="Bo").since == datetime(2020, 5, 1, 9, tzinfo=UTC)


def test_who_is_in_the_trash_stays_there(imported: Import) -> None:
    ana = customers.create(name="Ana", identities=[NewIdentity("email", "ana@example.com")], by=SYSTEM)
    customers.trash(ana, by=SYSTEM)
    assert imported("Name,Email,City\nAna,ana@example.com,Leeds\n").counts("customer") == (1, 0, 0, 1, 0)
    ana.refresh_from_db()
    assert (ana.city, ana.deleted_at is None) == ("", False)


def test_one_number_in_two_columns_is_one_identity(imported: Import) -> None:
    header = "First Name,Last Name,Email,Phone,Default Address Phone,Total Spent,Tax Exempt,Note\n"
    done = imported(header + "Ana,Lima,a@example.com,'+442079460958,020 7946 0958,0,no,\n", "shopify_customers")
    assert done.counts("customer") == (1, 1, 0, 0, 0)
    assert Identity.objects.filter(kind="phone").count() == 1


def test_a_check_changes_nothing_and_counts_exactly(imported: Import, state: object) -> None:
    before = state()  # type: ignore[operator]
    done = imported(ANA + "17852,,,bad@,,,,,\n", dry=True)
    assert done.counts("customer") == (2, 1, 0, 0, 1)
    assert (done.run.status, done.run.errors) == ("checked", 1)
    assert state() == before  # type: ignore[operator]


def test_a_dry_run_says_how_many_may_be_here_already(imported: Import) -> None:
    customers.create(name="Ana Lima", city="Leeds", birthday=date(1990, 5, 1), by=SYSTEM)
    comparing.compare_noted()
    text = "Name,Email,City,Birthday\nAna Lima,ana@example.com,Leeds,1990-05-01\nBo Berg,bo@example.com,York,\n"
    checked = imported(text, dry=True)
    assert [note for note in checked.run.notes if note["code"] == "probable-duplicates"] == [
        {"code": "probable-duplicates", "file": "", "detail": "1"}
    ]
    assert Customer.objects.count() == 1
    assert imported(text).run.notes == []
    comparing.compare_noted()
    assert Duplicate.objects.count() == 1
