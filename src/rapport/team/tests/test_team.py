from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from rapport.kernel import clock
from rapport.kernel.actors import Reach
from rapport.kernel.money import MoneyError
from rapport.kernel.permissions import RIGHTS, Forbidden
from rapport.team.models import ApiToken, Organisation, Role, SavedView, User
from rapport.team.queries import NotSetUp, organisation, saved_views
from rapport.team.services import organisation as firm
from rapport.team.services import tokens, users, views
from rapport.team.services.organisation import Founder, SetUpAlready, set_up
from rapport.testing.cast import PASSWORD, Cast, actor

pytestmark = pytest.mark.django_db
ANA = Founder("Ana Lima", "Ana@Example.com", PASSWORD)


def test_a_fresh_installation_says_that_it_is_one() -> None:
    with pytest.raises(NotSetUp):
        organisation()


def test_setting_up_makes_the_firm_its_roles_and_the_founder() -> None:
    made, founder = set_up("Lima", currency="eur", zone="Europe/Berlin", language="de", founder=ANA, country="de")
    assert (made.currency, made.country) == ("EUR", "DE")
    assert (founder.email, founder.role.key, founder.check_password(PASSWORD)) == (
        "ana@example.com",
        "administrator",
        True,
    )
    assert set(Role.objects.values_list("key", flat=True)) == {
        "administrator",
        "manager",
        "agent",
        "marketer",
        "reader",
    }


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"currency": "XXQ"}, MoneyError),
        ({"zone": "Mars/Olympus"}, firm.UnknownZone),
        ({"language": "tlh"}, firm.UnknownLanguage),
        ({"founder": Founder("Ana", "ana@example.com", "password")}, ValidationError),
    ],
)
def test_a_set_up_that_cannot_be_leaves_nothing(values: dict[str, object], error: type[Exception]) -> None:
    given: dict[str, object] = {"currency": "EUR", "zone": "Europe/Berlin", "language": "de", "founder": ANA}
    with pytest.raises(error):
        set_up("Lima", **{**given, **values})  # type: ignore[arg-type]
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_a_firm_is_set_up_once(cast: Cast) -> None:
    with pytest.raises(SetUpAlready):
        set_up("Other", currency="EUR", zone="UTC", language="en", founder=ANA)
    assert Organisation.objects.get().name == "Lantern & Sons"


def test_a_role_gives_its_rights_and_no_more(cast: Cast) -> None:
    assert set(actor(cast.alice).grants) == set(RIGHTS)
    assert all(name.endswith(".view") for name in actor(cast.carla).grants)
    assert actor(cast.ben).grants["customers.change"] is Reach.TEAM
    assert actor(cast.ben).mates == {cast.ben.pk, cast.bea.pk}


def test_only_who_manages_adds_users(cast: Cast) -> None:
    role = Role.objects.get(key="agent")
    with pytest.raises(Forbidden):
        users.add("new@example.com", "New", role, PASSWORD, by=actor(cast.ben))
    with pytest.raises(users.AddressTaken):
        users.add("BEN@example.com", "Ben", role, PASSWORD, by=actor(cast.alice))
    assert User.objects.count() == len(cast.everybody)


def test_somebody_who_manages_is_always_left(cast: Cast) -> None:
    alice = actor(cast.alice)
    for act in (
        lambda: users.deactivate(cast.alice, by=alice),
        lambda: users.give_role(cast.alice, Role.objects.get(key="reader"), by=alice),
        lambda: users.set_grants(Role.objects.get(key="administrator"), {}, by=alice),
    ):
        with pytest.raises(users.LastAdministrator):
            act()
    kept = User.objects.get(pk=cast.alice.pk)
    assert (kept.is_active, kept.role.key) == (True, "administrator")


def test_a_role_grants_only_rights_that_exist(cast: Cast) -> None:
    reader = Role.objects.get(key="reader")
    for grants in ({"world.rule": "all"}, {"customers.view": "everywhere"}):
        with pytest.raises(users.UnknownRight):
            users.set_grants(reader, grants, by=actor(cast.alice))
    assert Role.objects.get(pk=reader.pk).grants == reader.grants


def test_a_token_acts_as_its_user_within_its_scopes(cast: Cast) -> None:
    _row, secret = tokens.issue("shop", cast.ben, ["customers.view", "team.manage"], by=actor(cast.alice))
    context = tokens.context_of(secret)
    assert context is not None
    assert dict(context.actor.grants) == {"customers.view": Reach.ALL}
    assert (context.zone, context.currency) == (organisation().zone, organisation().currency)
    assert secret not in str(ApiToken.objects.values().get())


def test_a_token_that_does_not_hold_is_nobody(cast: Cast) -> None:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    alice = actor(cast.alice)
    row, secret = tokens.issue("a", cast.ben, ["customers.view"], by=alice, expires_at=at)
    with clock.frozen(at - timedelta(seconds=1)):
        assert tokens.context_of(secret) is not None
    with clock.frozen(at):
        assert tokens.context_of(secret) is None
    tokens.revoke(row, by=alice)
    with clock.frozen(at - timedelta(seconds=1)):
        assert tokens.context_of(secret) is None
    assert tokens.context_of("rap_guess") is None


def test_a_deactivated_user_has_no_working_token(cast: Cast) -> None:
    _row, secret = tokens.issue("a", cast.ben, ["customers.view"], by=actor(cast.alice))
    users.deactivate(cast.ben, by=actor(cast.alice))
    assert tokens.context_of(secret) is None


def test_the_settings_keep_what_was(cast: Cast) -> None:
    firm.change(name="Lantern & Daughters", by=actor(cast.alice))
    with pytest.raises(firm.UnknownZone):
        firm.change(zone="Mars/Olympus", by=actor(cast.alice))
    with pytest.raises(Forbidden):
        firm.change(name="Ben's", by=actor(cast.ben))
    assert Organisation.objects.get().name == "Lantern & Daughters"


def test_a_view_is_ones_own_unless_shared(cast: Cast) -> None:
    ben, dora = actor(cast.ben), actor(cast.dora)
    own = views.save("customer", "Mine", condition="", by=ben)
    shared = views.save("customer", "Ours", condition="", shared=True, by=dora)
    assert list(saved_views(ben, "customer")) == [own, shared]
    assert list(saved_views(dora, "customer")) == [shared]
    with pytest.raises(Forbidden):
        views.save("customer", "For all", shared=True, by=ben)
    with pytest.raises(Forbidden):
        views.forget(shared, by=ben)
    views.forget(own, by=ben)
    assert list(SavedView.objects.all()) == [shared]
