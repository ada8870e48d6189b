"""Roles are added, renamed and removed; one that people have stays."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.kernel.models import EventRecord
from rapport.team.models import Role
from rapport.testing.cast import Cast

ROLES = "/settings/roles/"


@pytest.fixture
def staff(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def test_a_role_is_added_and_may_what_another_may(staff: Client) -> None:
    reader = Role.objects.get(key="reader")
    answer = staff.post(f"{ROLES}add/", {"name": " Night shift ", "like": reader.pk})

    made = Role.objects.get(name="Night shift")
    assert answer.headers["Location"] == f"{ROLES}{made.pk}/"
    assert (made.key, made.grants) == ("night-shift", reader.grants)
    assert EventRecord.objects.get(type="team.role_added").data["name"] == "Night shift"


@pytest.mark.parametrize("name", ["", "  ", "READER"])
def test_a_name_that_is_empty_or_taken_is_refused(staff: Client, name: str) -> None:
    before = Role.objects.count()
    if name == "READER":
        Role.objects.filter(key="reader").update(name="Reader")

    assert staff.post(f"{ROLES}add/", {"name": name}).status_code == 422
    other = Role.objects.get(key="agent")
    assert staff.post(f"{ROLES}{other.pk}/rename/", {"name": name}).status_code == 422
    assert Role.objects.count() == before
    assert Role.objects.get(key="agent").name == other.name


def test_a_role_is_renamed_and_keeps_its_rights(staff: Client) -> None:
    role = Role.objects.get(key="agent")
    staff.post(f"{ROLES}{role.pk}/rename/", {"name": "Helper"})
    renamed = Role.objects.get(key="agent")

    assert (renamed.name, renamed.grants) == ("Helper", role.grants)
    assert EventRecord.objects.get(type="team.role_renamed").data == {"name": "Helper", "before": role.name}


def test_a_role_that_nobody_has_is_removed(staff: Client) -> None:
    role = Role.objects.create(key="night", name="Night")
    assert "Remove Night" in staff.get(f"{ROLES}{role.pk}/").content.decode()
    staff.post(f"{ROLES}{role.pk}/remove/")

    assert not Role.objects.filter(key="night").exists()


def test_a_role_with_people_in_it_stays_and_says_whose_it_is(staff: Client, cast: Cast) -> None:
    role = cast.ben.role
    answer = staff.post(f"{ROLES}{role.pk}/remove/", follow=True).content.decode()

    assert cast.ben.name in answer
    assert "Give them another one first." in answer
    assert Role.objects.filter(pk=role.pk).exists()
    assert not EventRecord.objects.filter(type="team.role_removed").exists()


def test_only_who_manages_users_changes_roles(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    role = Role.objects.get(key="reader")
    for address in (f"{ROLES}add/", f"{ROLES}{role.pk}/rename/", f"{ROLES}{role.pk}/remove/"):
        assert client.post(address, {"name": "x"}).status_code == 403
    assert Role.objects.filter(key="reader").exists()
