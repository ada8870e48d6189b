from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from rapport.insight.models import Target
from rapport.insight.policy import Policy
from rapport.kernel.models import CustomField, EventRecord
from rapport.kernel.permissions import RIGHTS
from rapport.team.models import ApiToken, Organisation, Role, Team, User
from rapport.team.services import tokens
from rapport.testing.builders import customer
from rapport.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
PARTS = (
    "organisation",
    "users",
    "teams",
    "roles",
    "custom_fields",
    "targets",
    "calendars",
    "sla_policies",
    "tokens",
    "sample",
    "audit",
)


@pytest.fixture
def boss(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def to(name: str, *args: object) -> str:
    return reverse(f"staff:{name}", args=args)


def test_every_part_opens_for_the_administrator(boss: Client) -> None:
    assert boss.get(to("settings"))["Location"] == to("organisation")
    for part in PARTS:
        assert boss.get(to(part)).status_code == 200, part


def test_each_reader_gets_the_parts_of_their_rights(client: Client, cast: Cast) -> None:
    client.force_login(cast.mona)
    opened = [part for part in PARTS if client.get(to(part)).status_code == 200]
    assert opened == ["custom_fields", "targets", "calendars", "sla_policies", "audit"]
    client.force_login(cast.ben)
    assert {client.get(to(part)).status_code for part in PARTS} == {403}


def test_the_organisation_is_changed(boss: Client) -> None:
    given = {"name": "Lantern Ltd", "country": "DE", "currency": "EUR", "zone": "Europe/Berlin", "language": "de"}
    assert boss.post(to("organisation"), given).status_code == 302
    assert Organisation.objects.values_list(*given).get() == tuple(given.values())
    assert boss.post(to("organisation"), {**given, "zone": "Mars"}).status_code == 422


def test_a_user_is_added_and_signs_in(boss: Client) -> None:
    reader = Role.objects.get(key="reader")
    given = {"name": "Rui Costa", "email": "Rui@example.com", "role": str(reader.pk), "password": PASSWORD}
    assert boss.post(to("user_add"), given).status_code == 302
    assert Client().login(email="rui@example.com", password=PASSWORD)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"email": "ben@example.com"}, "email"), ({"password": "password"}, "password"), ({"role": "x"}, "role")],
)
def test_a_user_that_cannot_be_is_told_at_its_field(boss: Client, change: dict[str, str], field: str) -> None:
    before = User.objects.count()
    role = Role.objects.get(key="reader")
    given = {"name": "Rui", "email": "rui@example.com", "role": str(role.pk), "password": PASSWORD, **change}
    answer = boss.post(to("user_add"), given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert User.objects.count() == before


def test_an_account_is_closed_and_opened_with_what_the_toast_offers(boss: Client, cast: Cast) -> None:
    boss.post(to("user_deactivate", cast.ben.pk))
    cast.ben.refresh_from_db()
    assert cast.ben.deactivated_at is not None
    boss.post(to("user_reactivate", cast.ben.pk))
    cast.ben.refresh_from_db()
    assert cast.ben.deactivated_at is None


def test_the_last_administrator_stays(boss: Client, cast: Cast) -> None:
    boss.post(to("user_deactivate", cast.alice.pk))
    reader = Role.objects.get(key="reader")
    answer = boss.post(to("user", cast.alice.pk), {"role": str(reader.pk)})
    assert answer.status_code == 422
    cast.alice.refresh_from_db()
    assert (cast.alice.deactivated_at, cast.alice.role.key) == (None, "administrator")


def test_a_forgotten_password_is_set_anew(boss: Client, cast: Cast) -> None:
    assert boss.post(to("user_password", cast.ben.pk), {"password": "short"}).status_code == 422
    boss.post(to("user_password", cast.ben.pk), {"password": "another-long-lantern"})
    cast.ben.refresh_from_db()
    assert cast.ben.check_password("another-long-lantern")


def test_a_team_is_added_changed_and_removed(boss: Client, cast: Cast) -> None:
    boss.post(to("team_add"), {"name": "East", "members": [str(cast.ben.pk)]})
    made = Team.objects.get(name="East")
    assert list(made.members.all()) == [cast.ben]
    assert boss.post(to("team_add"), {"name": "East"}).status_code == 422
    boss.post(to("team", made.pk), {"name": "West", "members": [str(cast.bea.pk), str(cast.sam.pk)]})
    made.refresh_from_db()
    assert (made.name, set(made.members.all())) == ("West", {cast.bea, cast.sam})
    boss.post(to("team_remove", made.pk))
    assert not Team.objects.filter(pk=made.pk).exists()


def test_a_role_is_given_other_rights(boss: Client, cast: Cast) -> None:
    agent = Role.objects.get(key="agent")
    page = boss.get(to("role", agent.pk))
    given = {name: page.context["form"][name].value() or "" for name in RIGHTS} | {"customers.export": "own"}
    boss.post(to("role", agent.pk), given)
    agent.refresh_from_db()
    assert agent.grants["customers.export"] == "own"
    assert agent.grants["customers.change"] == "team"


def test_nobody_can_take_the_keys_from_everybody(boss: Client) -> None:
    administrator = Role.objects.get(key="administrator")
    answer = boss.post(to("role", administrator.pk), {"customers.view": "all"})
    assert answer.status_code == 422
    administrator.refresh_from_db()
    assert administrator.grants["team.manage"] == "all"


def test_a_field_is_added_changed_archived_and_back(boss: Client) -> None:
    given = {"noun": "customer", "label": "Lampshade", "type": "choice", "options": "Paper\nGlass\n\nPaper"}
    boss.post(to("custom_field_add"), given)
    field = CustomField.objects.get()
    assert (field.key, field.options) == ("lampshade", ["Paper", "Glass"])
    boss.post(to("custom_field", field.pk), {"label": "Shade", "options": "Paper", "required": "on"})
    field.refresh_from_db()
    assert (field.label, field.key, field.options, field.required) == ("Shade", "lampshade", ["Paper"], True)
    boss.post(to("custom_field_archive", field.pk))
    field.refresh_from_db()
    assert field.archived_at is not None
    boss.post(to("custom_field_restore", field.pk))
    field.refresh_from_db()
    assert field.archived_at is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"noun": "customer", "label": "Shade", "type": "text"}, "label"),
        ({"noun": "customer", "label": "Other", "type": "choice", "options": " "}, "options"),
        ({"noun": "orders", "label": "Other", "type": "text"}, "noun"),
    ],
)
def test_a_field_that_cannot_be_is_told_at_its_place(boss: Client, given: dict[str, str], field: str) -> None:
    boss.post(to("custom_field_add"), {"noun": "customer", "label": "Shade", "type": "text"})
    answer = boss.post(to("custom_field_add"), given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert CustomField.objects.count() == 1


def test_the_secret_of_a_token_is_shown_once(boss: Client, cast: Cast) -> None:
    given = {"name": "Web shop", "user": str(cast.ben.pk), "scopes": ["customers.view"]}
    shown = boss.post(to("token_add"), given)
    secret = shown.context["secret"]
    assert secret in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert secret not in boss.get(to("tokens")).content.decode()
    assert tokens.context_of(secret) is not None
    boss.post(to("token_revoke", ApiToken.objects.get().pk))
    assert tokens.context_of(secret) is None


def test_a_token_needs_a_scope_and_a_day_to_come(boss: Client, cast: Cast) -> None:
    given = {"name": "Web shop", "user": str(cast.ben.pk), "until": "2020-01-01"}
    answer = boss.post(to("token_add"), given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"scopes", "until"}
    assert not ApiToken.objects.exists()


def test_targets_are_set_changed_and_taken_away(boss: Client) -> None:
    boss.post(to("targets"), {"which": "targets", "target-kept_promises": "95", "target-csat": "80"})
    assert dict(Target.objects.values_list("metric", "value")) == {"kept_promises": 95.0, "csat": 80.0}
    boss.post(to("targets"), {"which": "targets", "target-kept_promises": "97"})
    assert dict(Target.objects.values_list("metric", "value")) == {"kept_promises": 97.0}
    assert boss.post(to("targets"), {"which": "targets", "target-csat": "much"}).status_code == 422


def test_weights_and_rules_are_chosen(boss: Client) -> None:
    form = boss.get(to("targets")).context["rules"]
    given = {f"rule-{name}": form[name].value() for name in form.fields}
    boss.post(to("targets"), {"which": "rules", **given, "rule-weight_trust": "2", "rule-active_days": "180"})
    policy = Policy.of(Organisation.objects.get().policy)
    assert (policy.active_days, dict(policy.weights)) == (180, {"trust": 2.0})
    answer = boss.post(to("targets"), {"which": "rules", **given, "rule-margin": "7"})
    assert answer.status_code == 422
    assert Policy.of(Organisation.objects.get().policy).margin == 1.0


def test_the_audit_tells_who_changed_what_from_what_to_what(boss: Client, cast: Cast) -> None:
    given = {"name": "Lantern Ltd", "country": "GB", "currency": "GBP", "zone": "Europe/London", "language": "en"}
    boss.post(to("organisation"), given)
    [entry] = boss.get(to("audit"), {"of": "house"}).context["entries"]
    assert (entry.who, entry.what) == ("Alice Young", "Changed the settings")
    assert entry.changes == [("name", "Lantern & Sons", "Lantern Ltd")]


def test_the_audit_goes_on_where_it_ended(boss: Client) -> None:
    for number in range(60):
        customer(f"Customer {number}")
    every = EventRecord.objects.count()
    seen, before = 0, ""
    while True:
        shown = boss.get(to("audit"), {"before": before})
        seen += len(shown.context["entries"])
        before = shown.context["older"]
        if not before:
            break
    assert seen == every


def test_who_cannot_see_a_customer_does_not_read_their_name_in_the_audit(client: Client, cast: Cast) -> None:
    customer("Hidden Person", owner=cast.sam)
    cast.ben.role.grants = {"team.audit": "all", "customers.view": "own"}
    cast.ben.role.save()
    client.force_login(cast.ben)
    entries: Any = client.get(to("audit")).context["entries"]
    assert [entry.customer for entry in entries] == [None]
