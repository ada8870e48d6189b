from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.service import policy
from rapport.service.models import Agent, CannedAnswer, Intake, Macro, Queue, Status, TicketTemplate
from rapport.service.services import canned, macros, queues, statuses, tickets
from rapport.team.models import Organisation
from rapport.team.queries import actor_for
from rapport.testing.cast import Cast

pytestmark = pytest.mark.django_db
QUEUE = {"name": "Support", "mode": "least_busy", "offer_minutes": 5, "skills": "french, refunds,french"}
RULES = {
    "reopen_days": 7, "close_days": 3, "recovery_days": 30, "recovery_score": 80, "unknown_sender": "nobody",
    "undo_seconds": 20, "max_file_megabytes": 10,
}  # fmt: skip


@pytest.fixture
def boss(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def support(cast: Cast) -> Queue:
    return queues.add("Support", by=SYSTEM, members=[cast.ben])


def to(name: str, *args: object) -> str:
    return reverse(f"staff:{name}", args=args)


def test_agents_see_texts_and_nothing_else_of_service(client: Client, cast: Cast, support: Queue) -> None:
    client.force_login(cast.ben)
    for name in ("queues", "queue_add", "agents", "statuses", "status_add", "service_rules"):
        assert client.get(to(name)).status_code == 403, name
    for address in (to("queue_archive", support.pk), to("queue_intake", support.pk)):
        assert client.post(address, {"source": "email"}).status_code == 403
    for name in ("canned", "macros", "templates"):
        assert client.get(to(name)).status_code == 200, name
    assert client.get(to("settings")).headers["Location"] == to("canned")


def test_who_may_open_no_part_of_the_settings_is_led_to_their_account(client: Client, cast: Cast) -> None:
    client.force_login(cast.carla)
    assert client.get(to("settings")).headers["Location"] == to("me")


def test_a_queue_is_added_with_its_members(boss: Client, cast: Cast) -> None:
    boss.post(to("queue_add"), {**QUEUE, "members": [cast.ben.pk, cast.bea.pk], "private": "on"})
    made = Queue.objects.get()
    assert (made.mode, made.offer_minutes, made.skills) == ("least_busy", 5, ["french", "refunds"])
    assert {one.pk for one in made.members.all()} == {cast.ben.pk, cast.bea.pk}
    assert made.private_since is not None
    assert boss.get(to("queues")).status_code == boss.get(to("queue", made.pk)).status_code == 200


def test_a_queue_changes_name_and_members(boss: Client, cast: Cast, support: Queue) -> None:
    boss.post(to("queue", support.pk), {**QUEUE, "name": "Help", "members": [cast.bea.pk]})
    support.refresh_from_db()
    assert (support.name, [one.name for one in support.members.all()]) == ("Help", ["Bea Lind"])


@pytest.mark.parametrize(("change", "field"), [({"name": "Support"}, "name"), ({"offer_minutes": 0}, "offer_minutes")])
def test_a_queue_that_cannot_be_is_told(boss: Client, support: Queue, change: dict[str, Any], field: str) -> None:
    answer = boss.post(to("queue_add"), {**QUEUE, "name": "Other", **change})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Queue.objects.count() == 1


def test_what_comes_into_a_queue_is_chosen_once(boss: Client, support: Queue) -> None:
    boss.post(to("queue_intake", support.pk), {"source": "*"})
    boss.post(to("queue_intake", support.pk), {"source": "chat"})
    again = boss.post(to("queue_intake", support.pk), {"source": "chat"})
    assert (again.status_code, list(again.context["intake_form"].errors)) == (422, ["source"])
    assert sorted(Intake.objects.values_list("channel", flat=True)) == ["", "chat"]
    boss.post(to("queue_intake_drop", Intake.objects.get(channel="chat").pk))
    assert list(Intake.objects.values_list("channel", flat=True)) == [""]


def test_a_queue_in_which_tickets_wait_stays(boss: Client, support: Queue) -> None:
    ticket = tickets.open("Lamp", by=SYSTEM, queue=support)
    boss.post(to("queue_archive", support.pk))
    assert Queue.objects.get().archived_at is None
    tickets.set_status(ticket, statuses.standard("closed"), by=SYSTEM)
    boss.post(to("queue_archive", support.pk))
    assert Queue.objects.get().archived_at is not None
    boss.post(to("queue_restore", support.pk))
    assert Queue.objects.get().archived_at is None


def test_an_agent_gets_capacity_and_skills_and_goes_away(boss: Client, cast: Cast) -> None:
    boss.post(to("agent", cast.ben.pk), {"capacity": 4, "skills": "french"})
    back = clock.now() + timedelta(days=2)
    boss.post(to("agent_away", cast.ben.pk), {"until": back.strftime("%Y-%m-%dT%H:%M"), "because": "Training"})
    agent = Agent.objects.get(user=cast.ben)
    assert (agent.capacity, agent.skills, agent.away_because) == (4, ["french"], "Training")
    assert agent.away(clock.now())
    assert "Ben Okafor" in boss.get(to("agents")).content.decode()
    boss.post(to("agent_back", cast.ben.pk))
    assert not Agent.objects.get(user=cast.ben).away(clock.now())


def test_nobody_comes_back_before_they_leave(boss: Client, cast: Cast) -> None:
    answer = boss.post(to("agent_away", cast.ben.pk), {"until": "2020-01-01T09:00"})
    assert (answer.status_code, list(answer.context["away_form"].errors)) == (422, ["until"])
    assert not Agent.objects.filter(user=cast.ben, away_since__isnull=False).exists()


def test_a_status_is_added_renamed_and_taken_out(boss: Client) -> None:
    boss.get(to("statuses"))
    boss.post(to("status_add"), {"name": "At the warehouse", "category": "waiting"})
    row = Status.objects.get(name="At the warehouse")
    boss.post(to("status", row.pk), {"name": "In the warehouse"})
    row.refresh_from_db()
    assert (row.name, row.category) == ("In the warehouse", "waiting")
    boss.post(to("status_archive", row.pk))
    row.refresh_from_db()
    assert row.archived_at is not None
    last = Status.objects.get(category="new")
    boss.post(to("status_archive", last.pk))
    assert Status.objects.get(pk=last.pk).archived_at is None


def test_the_rules_are_kept_beside_what_others_keep_there(boss: Client) -> None:
    Organisation.objects.update(policy={"brand": {"colour": "#123456"}, "service": {"other": 1}})
    boss.post(to("service_rules"), RULES)
    stored = Organisation.objects.get().policy
    assert stored["brand"] == {"colour": "#123456"}
    assert stored["service"]["other"] == 1
    assert (policy.current().reopen_days, stored["conversations"]["max_file_bytes"]) == (7, 10_000_000)
    refused = boss.post(to("service_rules"), {**RULES, "recovery_score": 101})
    assert (refused.status_code, Organisation.objects.get().policy) == (422, stored)


def test_an_answer_is_added_for_everybody_and_found(boss: Client, cast: Cast) -> None:
    given = {"title": "Thanks", "shortcut": "/Thanks", "text": "Hello {{customer.given_name|there}}", "language": ""}
    boss.post(to("canned_add"), {**given, "scope": "all"})
    row = CannedAnswer.objects.get()
    assert (row.shortcut, row.user_id, row.team_id) == ("thanks", None, None)
    boss.post(to("canned_answer", row.pk), {**given, "title": "Many thanks"})
    assert CannedAnswer.objects.get().title == "Many thanks"
    assert "Many thanks" in boss.get(to("canned")).content.decode()
    boss.post(to("canned_archive", row.pk))
    assert CannedAnswer.objects.get().archived_at is not None


@pytest.mark.parametrize(
    ("change", "field"), [({"text": "{{custmer.name}}"}, "text"), ({"shortcut": "hi"}, "shortcut")]
)
def test_an_answer_that_cannot_be_is_told(boss: Client, change: dict[str, str], field: str) -> None:
    canned.add("Hi", "Hi", by=SYSTEM, shortcut="hi", scope="all")
    answer = boss.post(to("canned_add"), {"title": "A", "text": "B", "scope": "all", **change})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert CannedAnswer.objects.count() == 1


def test_an_agent_keeps_their_own_and_cannot_change_what_is_shared(client: Client, cast: Cast) -> None:
    shared = canned.add("Hi", "Hi", by=SYSTEM, scope="all")
    hers = canned.add("Bea’s", "Hi", by=actor_for(cast.bea))
    client.force_login(cast.ben)
    assert [value for value, _label in client.get(to("canned_add")).context["form"].fields["scope"].choices] == ["mine"]
    client.post(to("canned_add"), {"title": "Mine", "text": "Yes", "scope": "mine"})
    assert CannedAnswer.objects.get(title="Mine").user_id == cast.ben.pk
    assert client.post(to("canned_add"), {"title": "All", "text": "Yes", "scope": "all"}).status_code == 422
    assert client.get(to("canned_answer", shared.pk)).status_code == 200
    assert client.post(to("canned_answer", shared.pk), {"title": "Ha", "text": "Ha"}).status_code == 403
    assert client.get(to("canned_answer", hers.pk)).status_code == 404
    assert sorted(CannedAnswer.objects.values_list("title", flat=True)) == ["Bea’s", "Hi", "Mine"]


def test_a_template_is_added_and_changed(boss: Client, support: Queue) -> None:
    given = {"name": "Damage", "subject": "Damaged", "type": "complaint", "priority": "high", "queue": support.pk}
    boss.post(to("ticket_template_add"), {**given, "tags": "damage", "checklist": "Photo\n\nCarrier", "scope": "all"})
    row = TicketTemplate.objects.get()
    assert (row.type, row.queue_id, row.tags, row.checklist) == (
        "complaint",
        support.pk,
        ["damage"],
        ["Photo", "Carrier"],
    )
    boss.post(to("ticket_template", row.pk), {**given, "queue": "", "tags": "", "checklist": "Photo"})
    row.refresh_from_db()
    assert (row.queue_id, row.tags, row.checklist) == (None, [], ["Photo"])
    boss.post(to("ticket_template_archive", row.pk))
    assert boss.get(to("templates")).context["rows"] == []


def rows(*steps: dict[str, Any]) -> dict[str, Any]:
    return {f"step-{n}-{name}": value for n, step in enumerate(steps) for name, value in step.items()}


def test_a_macro_of_every_kind_of_step_is_kept_and_shown_as_it_was(boss: Client, cast: Cast, support: Queue) -> None:
    solved = statuses.standard("solved")
    sent = rows(
        {"do": "reply", "text": "Hello {{customer.name}}"},
        {"do": "note", "text": "Refunded"},
        {"do": "priority", "value": "high"},
        {"do": "type", "value": "complaint"},
        {"do": "subject", "value": "Refund"},
        {"do": "tag", "tags": "refund, money"},
        {"do": "untag", "tags": "new"},
        {"do": "assign", "to": str(cast.ben.pk)},
        {"do": "move", "queue": str(support.pk)},
        {"do": "move", "queue": "-"},
        {"do": "status", "status": str(solved.pk)},
        {"do": "snooze", "hours": "4"},
    )
    boss.post(to("macro_add"), {"name": "Refund", "description": "", "scope": "all", **sent})
    macro = Macro.objects.get()
    assert macro.steps == [
        {"do": "reply", "text": "Hello {{customer.name}}"},
        {"do": "note", "text": "Refunded"},
        {"do": "set", "field": "priority", "value": "high"},
        {"do": "set", "field": "type", "value": "complaint"},
        {"do": "set", "field": "subject", "value": "Refund"},
        {"do": "tag", "tags": ["refund", "money"]},
        {"do": "untag", "tags": ["new"]},
        {"do": "assign", "to": str(cast.ben.pk)},
        {"do": "move", "queue": str(support.pk)},
        {"do": "move", "queue": None},
        {"do": "status", "status": str(solved.pk)},
        {"do": "snooze", "hours": 4},
    ]
    boss.post(to("macro", macro.pk), {"name": "Refund", "description": "", **sent})
    assert Macro.objects.get().steps == macro.steps
    assert boss.get(to("macro", macro.pk)).status_code == boss.get(to("macros")).status_code == 200


def test_steps_are_added_moved_and_removed_before_anything_is_kept(boss: Client) -> None:
    macro = macros.add("Thank", [{"do": "reply", "text": "Thanks"}], by=SYSTEM, scope="all")
    sent = {"name": "Thank", "description": "", **rows({"do": "reply", "text": "Hi"}, {"do": "snooze", "hours": "2"})}
    page = to("macro", macro.pk)
    assert kinds(boss.post(page, {**sent, "act": "add", "kind": "assign"})) == ["reply", "snooze", "assign"]
    assert kinds(boss.post(page, {**sent, "act": "up:1"})) == ["snooze", "reply"]
    assert kinds(boss.post(page, {**sent, "act": "remove:0"})) == ["snooze"]
    assert kinds(boss.post(page, {**sent, "act": "remove:9"})) == ["reply", "snooze"]
    assert Macro.objects.get().steps == [{"do": "reply", "text": "Thanks"}]


def kinds(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [step.kind for step in answer.context["steps"]]


@pytest.mark.parametrize(
    "step",
    [
        {"do": "reply", "text": ""},
        {"do": "reply", "text": "{{x}}"},
        {"do": "snooze", "hours": "x"},
        {"do": "assign", "to": "x"},
    ],
)
def test_a_step_that_cannot_be_done_is_told(boss: Client, step: dict[str, str]) -> None:
    answer = boss.post(to("macro_add"), {"name": "A", "scope": "all", **rows(step)})
    assert answer.status_code == 422
    assert "Step 1" in str(answer.context["form"].non_field_errors())
    assert not Macro.objects.exists()
