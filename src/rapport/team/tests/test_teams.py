from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.team.models import Team
from rapport.team.services import teams, users
from rapport.testing.cast import PASSWORD, Cast, actor

pytestmark = pytest.mark.django_db


def test_a_team_is_added_changed_and_removed_and_each_is_told(cast: Cast) -> None:
    alice = actor(cast.alice)
    east = teams.add(" East ", [cast.ben.pk], by=alice)
    teams.change(east, "West", [cast.bea.pk, cast.sam.pk], by=alice)
    east.refresh_from_db()
    assert (east.name, set(east.members.all())) == ("West", {cast.bea, cast.sam})
    teams.remove(east, by=alice)
    assert not Team.objects.filter(pk=east.pk).exists()
    told = EventRecord.objects.filter(type="team.team_changed").order_by("id")
    assert [(row.data["what"], row.data["name"]) for row in told] == [
        ("added", "East"), ("changed", "West"), ("removed", "West"),
    ]  # fmt: skip
    assert told[1].data["members"] == ["Bea Lind", "Sam Castro"]


def test_two_teams_cannot_share_a_name(cast: Cast) -> None:
    before = EventRecord.objects.count()
    with pytest.raises(teams.NameTaken):
        teams.add("North", by=actor(cast.alice))
    with pytest.raises(teams.NameTaken):
        teams.change(cast.south, "North", [], by=actor(cast.alice))
    cast.south.refresh_from_db()
    assert (cast.south.name, list(cast.south.members.all())) == ("South", [cast.sam])
    assert EventRecord.objects.count() == before


def test_who_may_not_manage_changes_no_team_and_no_password(cast: Cast) -> None:
    ben = actor(cast.ben)
    with pytest.raises(Forbidden):
        teams.add("East", by=ben)
    with pytest.raises(Forbidden):
        teams.remove(cast.north, by=ben)
    with pytest.raises(Forbidden):
        users.set_password(cast.bea, "another-long-lantern", by=ben)
    cast.bea.refresh_from_db()
    assert cast.bea.check_password(PASSWORD)
    assert Team.objects.count() == 2


def test_a_weak_password_is_refused_and_the_old_one_stays(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        users.set_password(cast.ben, "password", by=actor(cast.alice))
    cast.ben.refresh_from_db()
    assert cast.ben.check_password(PASSWORD)
