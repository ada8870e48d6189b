from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from rapport.conversations.models import Message
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import CustomField
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.service import steps, variables
from rapport.service.models import Macro
from rapport.service.queries import macros as usable
from rapport.service.services import macros, sharing, statuses, tickets
from rapport.service.tests.making import AT, events, everything, fresh, queue, ticket, ticket_of, written
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
TAG = {"do": "tag", "tags": ["lamp"]}


def macro(*wanted: dict[str, Any], name: str = "Sorry", **values: Any) -> Macro:
    return macros.add(name, list(wanted), by=SYSTEM, **values)


def test_all_steps_are_done_in_order(cast: Cast) -> None:
    CustomField.objects.create(noun="ticket", key="size", label="Size", type="text")
    held, team = statuses.add("Held", "waiting", by=SYSTEM), queue("Repairs", [cast.alice])
    made = macro(
        {"do": "set", "field": "priority", "value": "high"},
        {"do": "set", "field": "subject", "value": "Broken lamp"},
        {"do": "set", "field": "custom.size", "value": "M"},
        {"do": "tag", "tags": ["lamp", "glass"]},
        {"do": "untag", "tags": ["glass"]},
        {"do": "move", "queue": str(team.pk)},
        {"do": "assign", "to": "me"},
        {"do": "note", "text": "Priority is high for {{ticket.number}}"},
        {
            "do": "reply",
            "text": "Dear {{customer.given_name|friend}}, sorry about “{{ticket.subject}}”. {{agent.name}}",
        },
        {"do": "status", "status": str(held.pk)},
        {"do": "snooze", "hours": 2},
    )
    with clock.frozen(AT):
        message = written(of=customer("Ana Lima"))
        row = macros.run(ticket_of(message), made, by=actor(cast.alice))
    assert (row.priority, row.subject, row.custom, row.tags) == ("high", "Broken lamp", {"size": "M"}, ["lamp"])
    assert (row.queue, row.owner, row.status) == (team, cast.alice, held)
    said = Message.objects.exclude(pk=message.pk).order_by("created_at", "id")
    assert {one.direction: one.text for one in said} == {
        "note": f"Priority is high for {row.code}",
        "out": "Dear Ana, sorry about “Broken lamp”. Alice Young",
    }
    message.thread.refresh_from_db()
    assert message.thread.snoozed_until == AT + timedelta(hours=2)
    assert events(row)[-1] == "macro_run"
    assert Macro.objects.get().used == 1


def test_a_step_that_is_refused_leaves_nothing_half_done(cast: Cast) -> None:
    made = macro(TAG, {"do": "reply", "text": "Hello"}, {"do": "status", "status": "solved"})
    bare = ticket()
    before = everything()
    with pytest.raises(macros.StepFailed) as failed:
        macros.run(bare, made, by=SYSTEM)
    assert failed.value.number == 2
    assert isinstance(failed.value.cause, macros.NoTalk)
    assert everything() == before
    assert Macro.objects.get().used == 0


def test_a_macro_gives_no_right_that_one_has_not(cast: Cast) -> None:
    made = macro(TAG, scope="all")
    theirs = macros.add("Mine", [TAG], by=actor(cast.bea))
    row = ticket()
    before = everything()
    with pytest.raises(Forbidden):
        macros.run(row, made, by=actor(cast.carla))
    with pytest.raises(OutOfReach):
        macros.run(row, theirs, by=actor(cast.ben))
    assert everything() == before
    macros.archive(made, by=SYSTEM)
    with pytest.raises(OutOfReach):
        macros.run(row, made, by=SYSTEM)


def test_a_status_may_be_named_by_its_kind(cast: Cast) -> None:
    made = macro({"do": "status", "status": "solved"}, {"do": "assign", "to": "nobody"})
    assert macros.run(ticket(), made, by=SYSTEM).category == "solved"


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [{"do": "dance"}],
        [{}],
        [{"do": "reply"}],
        [{"do": "reply", "text": "  "}],
        [{"do": "note", "text": "Hello {{customer.nmae}}"}],
        [{"do": "set", "field": "owner_id", "value": "x"}],
        [{"do": "set", "field": "priority", "value": "sky-high"}],
        [{"do": "set", "field": "custom.size", "value": "M"}],
        [{"do": "set", "field": "subject", "value": " "}],
        [{"do": "tag", "tags": [" "]}],
        [{"do": "assign", "to": "somebody"}],
        [{"do": "assign", "to": str(uuid4())}],
        [{"do": "move", "queue": str(uuid4())}],
        [{"do": "status", "status": "done"}],
        [{"do": "snooze", "hours": 0}],
        [{"do": "snooze", "hours": "soon"}],
        [TAG] * 21,
    ],
)
def test_a_wrong_step_is_told_when_it_is_saved(cast: Cast, wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(steps.BadStep) as bad:
        macros.add("Sorry", wrong, by=SYSTEM)
    assert bad.value.number == max(1, len(wrong))
    assert not Macro.objects.exists()


def test_whose_a_macro_is(cast: Cast) -> None:
    ben = actor(cast.ben)
    own = macros.add("Own", [TAG], by=ben)
    for scope, team in (("all", None), ("team", cast.north)):
        with pytest.raises(Forbidden):
            macros.add("Ours", [TAG], by=ben, scope=scope, team=team)
    ours = macros.add("Ours", [TAG], by=actor(cast.mona), scope="team", team=cast.north)
    everybodys = macros.add("All", [TAG], by=actor(cast.mona), scope="all")
    with pytest.raises(sharing.NoTeam):
        macros.add("Nobody's", [TAG], by=actor(cast.mona), scope="team")
    assert set(usable(ben)) == {own, ours, everybodys}
    assert set(usable(actor(cast.sam))) == {everybodys}
    for row, who in ((own, cast.bea), (own, cast.mona)):
        with pytest.raises((OutOfReach, Forbidden)):
            macros.change(row, name="Stolen", steps=[TAG], by=actor(who))
    with pytest.raises(Forbidden):
        macros.archive(everybodys, by=ben)
    assert macros.change(own, name="Still mine", steps=[TAG, TAG], by=ben).name == "Still mine"
    with pytest.raises(macros.Nameless):
        macros.add(" ", [TAG], by=ben)


def test_a_variable_in_a_value_stays_text(cast: Cast) -> None:
    ana = customer("{{ticket.number}}")
    row = fresh(ticket(requester=ana, subject="<b>"))
    assert variables.fill("{{customer.name}}", row, by=SYSTEM) == "{{ticket.number}}"
    assert variables.fill("{{ ticket.subject }}", row, by=SYSTEM, html=True) == "&lt;b&gt;"
    assert variables.fill("{{order.number|none}} {{owner.name}}!", row, by=SYSTEM) == "none !"
    assert variables.fill("{{organisation.name}} {{today}}", row, by=SYSTEM).startswith("Lantern & Sons ")


@pytest.mark.parametrize(
    "wrong", ["{{customer.nmae}}", "{{}}", "{{customer.name", "name}}", "{{customer.custom.size}}"]
)
def test_a_variable_that_there_is_not_is_told(cast: Cast, wrong: str) -> None:
    with pytest.raises(variables.UnknownVariable):
        variables.check(f"Dear {wrong}")


def test_custom_fields_are_variables(cast: Cast) -> None:
    CustomField.objects.create(noun="ticket", key="sizes", label="Sizes", type="choices", options=["S", "M"])
    variables.check("{{ticket.custom.sizes}}")
    row = tickets.open("A lamp", by=SYSTEM, custom={"sizes": ["S", "M"]})
    assert variables.fill("{{ticket.custom.sizes}}", row, by=SYSTEM) == "S, M"
    for name in variables.READERS:
        variables.check("{{" + name + "}}")
        variables.fill("{{" + name + "}}", row, by=SYSTEM)
