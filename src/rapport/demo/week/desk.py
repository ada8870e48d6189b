"""Who serves and by which rules: agents, queues, hours, service policies, texts, mailboxes and the chat of the shop.

Everything has a name of its own, and the rules ask for made-up tickets alone: what is real stays untouched by them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rapport.conversations.models import ChatSite, Mailbox
from rapport.conversations.services import mailboxes, sites
from rapport.demo.week.scripts import DATA, read
from rapport.feedback.models import Survey
from rapport.feedback.services import surveys
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import parse
from rapport.service.clocks.ticking import Aim
from rapport.service.clocks.timetable import Timetable
from rapport.service.models import Calendar, CannedAnswer, Intake, Macro, Queue, SlaPolicy
from rapport.service.services import agents, calendars, canned, desks, macros, policies, queues
from rapport.service.services.sharing import ALL
from rapport.team.models import Role, User
from rapport.team.queries import actor_for
from rapport.team.services import users

NEEDED = frozenset({"conversations.view", "conversations.answer", "service.change", "promises.change"})


@dataclass(slots=True)
class Desk:
    """The service desk of the week. `people` and `actors` go by first name in small letters."""

    by: Actor
    people: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    boxes: dict[str, Mailbox] = field(default_factory=dict)
    texts: dict[str, CannedAnswer] = field(default_factory=dict)
    macros: dict[str, Macro] = field(default_factory=dict)
    hours: Timetable | None = None
    site: ChatSite | None = None

    def who(self, user_id: Any) -> Actor | None:
        """Return the actor of one of the made-up colleagues."""
        return next((self.actors[name] for name, one in self.people.items() if one.pk == user_id), None)


def can_be_set_up() -> bool:
    """Return whether the usual roles are there and may do what the made-up colleagues do."""
    roles = {role.key: role.grants for role in Role.objects.all()}
    return all(roles.get(line["role"], {}).keys() >= NEEDED for line in read("desk")["people"])


def set_up(by: Actor, *, fresh: bool, password: str) -> Desk:
    """Set up the desk as it was before the week began; on a `fresh` installation everybody signs in with `password`.

    Elsewhere nobody knows the passwords, and nothing that is not addressed to the demonstration comes into its queues.
    """
    plan, desk = read("desk"), Desk(by)
    _hire(desk, plan["people"], password if fresh else "")
    calendar = _open(desk, plan["hours"])
    _queue(desk, plan["queues"], takes_all=fresh and not Intake.objects.exists())
    _promise(desk, plan["policies"], calendar, fallback=fresh)
    for line in plan["texts"]:
        values = {key: line[key] for key in ("shortcut", "language") if key in line}
        desk.texts[line["shortcut"]] = canned.add(line["title"], line["text"].strip(), by=by, scope=ALL, **values)
    for line in plan["macros"]:
        steps = [_step(desk, one) for one in line["steps"]]
        desk.macros[line["name"]] = macros.add(line["name"], steps, by=by, description=line["description"], scope=ALL)
    _chat(desk, plan["chat"], calendar)
    _ask(desk, plan["surveys"])
    return desk


def _hire(desk: Desk, people: Iterable[dict[str, Any]], password: str) -> None:
    roles = {role.key: role for role in Role.objects.all()}
    for line in people:
        address = _free(line["email"])
        made = users.add(address, line["name"], roles[line["role"]], password or secrets.token_urlsafe(24), by=desk.by)
        name = line["name"].split()[0].lower()
        agents.change(made, by=desk.by, capacity=line["capacity"], skills=line["skills"])
        desk.people[name] = made
        actor = actor_for(User.objects.select_related("role").get(pk=made.pk))
        desk.actors[name] = actor if desk.by.cause_id is None else actor.because_of(desk.by.cause_id)


def _free(address: str) -> str:
    """Return the address, with a number if somebody signs in with it."""
    local, _at, domain = address.partition("@")
    names = [address, *(f"{local}.{number}@{domain}" for number in range(2, 100))]
    return next(one for one in names if not User.objects.filter(email__iexact=one).exists())


def _open(desk: Desk, hours: dict[str, Any]) -> Calendar:
    calendar = calendars.add(hours["name"], hours["zone"], hours["week"], by=desk.by)
    calendars.read_holidays(calendar, (DATA / "holidays.ics").read_bytes(), by=desk.by)
    year = clock.today(hours["zone"]).year
    for line in hours["days"]:
        for one in (year, year + 1):
            day = date(one, line["month"], line["day"])
            calendars.set_day(calendar, day, line["name"], line["hours"], by=desk.by)
    desk.hours = Calendar.objects.get(pk=calendar.pk).timetable()
    return calendar


def _queue(desk: Desk, lines: Iterable[dict[str, Any]], *, takes_all: bool) -> None:
    for line in lines:
        values = {key: line[key] for key in ("description", "mode", "last_agent_first", "skills") if key in line}
        members = [desk.people[name] for name in line["members"]]
        made = queues.add(line["name"], by=desk.by, members=members, **values)
        desk.queues[line["key"]] = made
        if "address" in line:
            box = mailboxes.add(line["address"], by=desk.by, name=line["sender"], signature=line["signature"].strip())
            desk.boxes[line["key"]] = box
            queues.take_in(made, by=desk.by, mailbox=box)
        for channel in line["channels"] if takes_all else ():
            queues.take_in(made, by=desk.by, channel=channel)


def _promise(desk: Desk, lines: Iterable[dict[str, Any]], calendar: Calendar, *, fallback: bool) -> None:
    for line in lines:
        minutes = {priority: dict(zip(Aim, numbers, strict=True)) for priority, numbers in line["minutes"].items()}
        if not line["condition"]:
            if fallback and not SlaPolicy.objects.filter(fallback=True).exists():
                policies.add(line["name"], calendar, minutes, by=desk.by, fallback=True)
            continue
        policies.add(line["name"], calendar, minutes, by=desk.by, condition=parse(line["condition"]))


def _step(desk: Desk, step: dict[str, Any]) -> dict[str, Any]:
    """Return the step of a macro, with the ids of what it names."""
    return {**step, "queue": str(desk.queues[step["queue"]].pk)} if step["do"] == "move" else step


def _chat(desk: Desk, chat: dict[str, Any], calendar: Calendar) -> None:
    made = sites.add(chat["name"], by=desk.by, greeting=chat["greeting"], away_text=chat["away"],
                     mailbox=desk.boxes[chat["box"]])  # fmt: skip
    desks.set_desk(made, by=desk.by, queue=desk.queues[chat["queue"]], calendar=calendar)
    desk.site = made


def _ask(desk: Desk, lines: Iterable[dict[str, Any]]) -> None:
    for line in lines:
        surveys.add(
            line["name"], line["scale"], by=desk.by, condition=parse(line["condition"]),
            channels=line["channels"], follow_up=Survey.FollowUp(line["follow_up"]), lead=desk.people[line["lead"]],
            answer_hours=line["answer_hours"],
        )  # fmt: skip
