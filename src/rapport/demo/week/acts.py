"""One thing that somebody does in a conversation of the week, by the verb that the pages use for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from rapport.calls.models import Call
from rapport.calls.services import reporting
from rapport.calls.services.reporting import Said
from rapport.conversations.incoming import Incoming, IncomingFile
from rapport.conversations.mail.marking import marked
from rapport.conversations.models import Chat, Thread
from rapport.conversations.services import chats, messages, people, threads, visitors
from rapport.conversations.signed import Person
from rapport.demo.week.cast import Part
from rapport.demo.week.desk import Desk
from rapport.demo.week.scripts import DATA, Script, Turn
from rapport.feedback.models import Answer
from rapport.feedback.services import answers, telling
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.ids import new_id
from rapport.meetings.services import meetings
from rapport.meetings.services.meetings import Guest
from rapport.service.models import Ticket
from rapport.service.services import (
    assigning,
    callbacks,
    canned,
    checklists,
    complaints,
    finds,
    macros,
    merges,
    statuses,
    tickets,
    times,
)

BY_MAIL = frozenset({"email", "form"})
ZONE = "Europe/London"
THANKS = (
    "Thank you, {given}. That made our morning.",
    "Thank you for the kind words. I have passed them on to the packing room.",
    "Thank you, {given}! We read every one of these aloud.",
    "Good to hear, {given}. See you soon, I hope.",
)


@dataclass(slots=True)
class Talk:
    """A conversation as it goes on: who writes, its threads with the first first, and its ticket."""

    script: Script
    part: Part
    desk: Desk
    number: int
    threads: list[Thread] = field(default_factory=list)
    chat: Chat | None = None
    answer: Answer | None = None
    speaker: str = ""

    @property
    def ticket(self) -> Ticket:
        """The ticket as it is now; a merged one leads to its survivor."""
        found = Ticket.objects.select_related("merged_into", "requester").get(talk__thread=self.threads[0])
        return found.merged_into or found

    def said(self, text: str, by: Actor | None = None) -> str:
        """Return a text with its names filled in."""
        filled = text.strip()
        agent = {"agent": (by or self.agent()).name.split()[0]} if "{agent}" in filled else {}
        for name, value in {**self.part.words, **agent}.items():
            filled = filled.replace(f"{{{name}}}", value)
        return filled

    def agent(self) -> Actor:
        """Return who looks after the ticket; of a ticket that nobody has, a member of its queue in turn."""
        if self.speaker:
            return self.desk.actors[self.speaker]
        ticket = self.ticket
        found = self.desk.who(ticket.owner_id) if ticket.owner_id else None
        if found is not None:
            return found
        members = sorted(name for name, one in self.desk.people.items() if ticket.queue in one.queues.all())
        names = members or sorted(self.desk.people)
        return self.desk.actors[names[self.number % len(names)]]


def begin(talk: Talk) -> None:
    """Let the customer begin, and sort the ticket as whoever looks at it first does."""
    script = talk.script
    _BEGIN[script.channel](talk, talk.said(script.subject), talk.said(script.text))
    values: dict[str, Any] = {"type": script.type, "priority": script.priority, "tags": script.tags}
    if script.data.get("about", "order") == "order":
        values |= {"order_id": talk.part.bought.order_id}
    if script.like:
        values |= {"product_id": talk.part.bought.product_id}
    tickets.change(talk.ticket, by=talk.desk.by, **values)


def do(talk: Talk, turn: Turn) -> None:
    """Do one turn."""
    _DO[turn.do](talk, *turn.words)


def _write(talk: Talk, subject: str, text: str) -> None:
    _file(talk, text, talk.script.channel, subject)


def _file(talk: Talk, text: str, channel: str, subject: str = "") -> None:
    """File what the customer writes: with a subject as something new, without one where they wrote last."""
    there = None if subject else talk.threads[-1]
    mail = channel in BY_MAIL
    box = talk.desk.boxes[talk.script.box] if mail else None
    incoming = Incoming(
        channel=channel, subject=subject or f"Re: {talk.threads[-1].subject}", text=text, at=clock.now(),
        from_address=talk.part.address if mail else "", from_name=talk.part.customer.name,
        to=[("", box.address)] if box else (), customer_id=talk.part.customer.pk,
        message_id=f"made-up.{talk.number}.{new_id().hex}@example.com" if mail else "",
        thread_id=there.pk if there else None, mailbox_id=box.pk if box else None,
        files=() if talk.threads else _files(talk),
    )  # fmt: skip
    message = messages.receive(incoming, by=talk.desk.by)
    if there is None:
        talk.threads.append(message.thread)


def _files(talk: Talk) -> list[IncomingFile]:
    kinds: Mapping[str, str] = {".csv": "text/csv", ".txt": "text/plain", ".png": "image/png"}
    return [
        IncomingFile(name, (DATA / "files" / name).read_bytes(), kinds[PurePath(name).suffix])
        for name in talk.script.files
    ]


def _chat(talk: Talk, subject: str, text: str) -> None:
    """Begin a chat on the shop's page, where the customer is signed in."""
    assert talk.desk.site is not None
    visitor, _token = visitors.welcome(talk.desk.site, by=talk.desk.by)
    visitor = visitors.verify(visitor, Person(talk.part.address, talk.part.customer.name), by=talk.desk.by)
    page = f"https://shop.example.com/{talk.part.bought.product.replace(' ', '-')}"
    visitors.saw(visitor, page, title=talk.part.bought.product.capitalize())
    message = chats.begin(visitor, text, by=talk.desk.by, page=page, language=talk.script.data.get("language", "en"))
    talk.threads.append(message.thread)
    talk.chat = Chat.objects.select_related("thread", "visitor", "site").get(thread=message.thread)
    tickets.change(talk.ticket, by=talk.desk.by, subject=subject)


def _phone(talk: Talk, subject: str, text: str) -> None:
    """Let the customer call: somebody answers and writes down what it is about, or nobody does."""
    phone = talk.part.customer.identities.filter(kind="phone").values_list("normal", flat=True).first() or ""
    if talk.script.data.get("missed"):
        call = _report(talk, "in", phone, "missed", 1, "", "")
        assert call.thread is not None
        talk.threads.append(call.thread)
        talk.part.customer = call.customer or talk.part.customer  # of several with this number, who was in touch last
    else:
        agent = talk.script.data["answered_by"]
        _file(talk, text, "phone", subject)
        _report(talk, "in", phone, "ended", talk.script.data["minutes"], talk.desk.people[agent].name, "")
        assigning.assign(talk.ticket, talk.desk.people[agent], by=talk.desk.by)
    tickets.change(talk.ticket, by=talk.desk.by, subject=subject)


def _report(talk: Talk, way: str, phone: str, end: str, minutes: int, ours: str, text: str) -> Call:
    now, line = clock.now(), "+441632960000"
    agent = next((one.email for one in talk.desk.people.values() if one.name == ours), "")
    said = Said(
        call=f"made-up-{talk.number}-{now:%H%M%S}", event=end, direction=way,
        caller=phone if way == "in" else line, called=line if way == "in" else phone, agent=agent,
        started_at=now - timedelta(minutes=minutes), ended_at=now,
        answered_at=now - timedelta(minutes=minutes) if end == "ended" else None,
        transcript=text,
    )  # fmt: skip
    return reporting.report(said, by=talk.desk.by)


def _them(talk: Talk, text: str) -> None:
    if talk.chat is not None:
        chats.say(talk.chat, talk.said(text), by=talk.desk.by)
        return
    channel = talk.threads[-1].channel
    _file(talk, talk.said(text), "email" if channel == "form" else channel)


def _us(talk: Talk, text: str) -> None:
    by = talk.agent()
    said = talk.said(text, by)
    messages.reply(talk.threads[-1], said, by=by, html="" if talk.chat else marked(said))
    if talk.chat is not None:
        chats.here(talk.chat, by=talk.desk.by, reading=True)


def _canned(talk: Talk, shortcut: str) -> None:
    by = talk.agent()
    said = canned.use(talk.ticket, talk.desk.texts[shortcut], by=by)
    messages.reply(talk.threads[-1], said, by=by, html=marked(said))


def _macro(talk: Talk, name: str) -> None:
    macros.run(talk.ticket, talk.desk.macros[name], by=talk.agent())


def _note(talk: Talk, text: str, who: str = "") -> None:
    by = talk.desk.actors[who] if who else talk.agent()
    messages.note(talk.threads[-1], talk.said(text, by), by=by)


def _speak(talk: Talk, who: str) -> None:
    """Let a colleague speak from now on, whoever looks after the ticket."""
    talk.speaker = who


def _tag(talk: Talk, *tags: str) -> None:
    tickets.tag(talk.ticket, *tags, by=talk.agent())


def _set(talk: Talk, name: str, value: str) -> None:
    values: dict[str, Any] = {name: talk.said(value)}
    tickets.change(talk.ticket, by=talk.agent(), **values)


def _move(talk: Talk, queue: str) -> None:
    assigning.move(talk.ticket, talk.desk.queues[queue], by=talk.agent())


def _assign(talk: Talk, who: str) -> None:
    by = talk.agent()
    assigning.assign(talk.ticket, talk.desk.people[who] if who else None, by=by)


def _status(talk: Talk, category: str) -> None:
    tickets.set_status(talk.ticket, statuses.standard(category), by=talk.agent())


def _solve(talk: Talk) -> None:
    tickets.solve(talk.ticket, by=talk.agent())
    if talk.chat is not None:
        chats.leave(talk.chat, by=talk.desk.by)


def _snooze(talk: Talk, hours: int) -> None:
    threads.snooze(talk.threads[-1], clock.now() + timedelta(hours=hours), by=talk.agent())


def _callback(talk: Talk, minutes: int, about: str) -> None:
    due = clock.now() + timedelta(minutes=minutes)
    callbacks.promise_call(talk.ticket, by=talk.agent(), due_at=due, about=talk.said(about))


def _call(talk: Talk, minutes: int, text: str) -> None:
    phone = talk.part.customer.identities.filter(kind="phone").values_list("normal", flat=True).first() or ""
    _report(talk, "out", phone, "ended", minutes, talk.agent().name, talk.said(text))


def _promise(talk: Talk, what: str, days: int, kind: str) -> None:
    due = clock.today(ZONE) + timedelta(days=days)
    complaints.promise(talk.ticket, talk.said(what), by=talk.agent(), kind=kind, due_on=due)


def _complaint(talk: Talk, cause: str, what: str, days: int) -> None:
    again = clock.today(ZONE) + timedelta(days=days)
    complaints.record(talk.ticket, cause, by=talk.agent(), what_happened=talk.said(what), follow_up_on=again)


def _amends(talk: Talk, kind: str, what: str, points: int = 0) -> None:
    complaints.make_amends(talk.ticket, kind, by=talk.agent(), what=talk.said(what), points=points or None)


def _judge(talk: Talk, outcome: str, because: str) -> None:
    complaints.judge(talk.ticket, outcome, by=talk.agent(), because=talk.said(because))


def _second(talk: Talk, channel: str, subject: str, text: str) -> None:
    """The customer asks once more somewhere else, not knowing that the first message arrived."""
    _file(talk, talk.said(text), channel, talk.said(subject))


def _merge(talk: Talk) -> None:
    first = talk.ticket
    other = Ticket.objects.get(talk__thread=talk.threads[-1])
    merges.merge(other, first, by=talk.agent().with_everything())


def _rate(talk: Talk, kind: str, score: int, text: str = "", *reasons: str) -> None:
    ticket = talk.ticket
    if kind == "csat" and talk.chat is not None:
        chats.rate(talk.chat, score, by=talk.desk.by, comment=talk.said(text))
    talk.answer = answers.record(
        talk.part.customer, kind, Decimal(score), by=talk.desk.by, ticket=ticket, text=talk.said(text),
        reasons=reasons, asked_at=ticket.solved_at,
    )  # fmt: skip


def acknowledge(talk: Talk) -> None:
    """Read what a customer answered: words get a word back, a score alone needs none. Low ones go another way."""
    given = Answer.objects.filter(pk=talk.answer.pk).first() if talk.answer else None
    if given is None or given.replied_at or given.closed_at or telling.is_low(given):
        return
    if given.text:
        by = talk.agent()
        answers.reply(given, talk.said(THANKS[talk.number % len(THANKS)], by), by=by)
    else:
        answers.close(given, by=talk.agent())


def _make_good(talk: Talk, text: str) -> None:
    """Reply to whoever gave a low score."""
    assert talk.answer is not None
    _us(talk, text)
    answers.reply(Answer.objects.get(pk=talk.answer.pk), talk.said(text, talk.agent()), by=talk.agent())


def _want(talk: Talk, what: str) -> None:
    finds.want(talk.ticket, by=talk.agent(), what=talk.said(what))


def _meet(talk: Talk, title: str, days: int, hour: int, minutes: int) -> None:
    day = clock.day_start(clock.today(ZONE) + timedelta(days=days), ZONE) + timedelta(hours=hour)
    by = talk.agent()
    organiser = next(one for one in talk.desk.people.values() if one.pk == by.user_id)
    guests = [Guest(user=organiser), Guest(customer=talk.part.customer, name=talk.part.customer.name)]
    meetings.plan(talk.said(title), by=by.with_everything(), starts_at=day, ends_at=day + timedelta(minutes=minutes),
                  zone=ZONE, guests=guests, organiser=organiser)  # fmt: skip


def _spend(talk: Talk, minutes: int, activity: str) -> None:
    times.spend(talk.ticket, minutes, by=talk.agent(), activity=activity)


def _list(talk: Talk, *points: str) -> None:
    checklists.add(talk.ticket, points, by=talk.agent())


def _tick(talk: Talk, number: int) -> None:
    item = talk.ticket.checklist.order_by("position")[number - 1]
    checklists.tick(talk.ticket, item, by=talk.agent())


def _watch(talk: Talk, who: str) -> None:
    people.watch(talk.threads[-1], by=talk.agent(), user=talk.desk.people[who])


_BEGIN: Mapping[str, Callable[[Talk, str, str], None]] = {
    "email": _write, "form": _write, "portal": _write, "chat": _chat, "phone": _phone,
}  # fmt: skip
_DO: Mapping[str, Callable[..., None]] = {
    "them": _them, "us": _us, "canned": _canned, "macro": _macro, "note": _note, "speak": _speak, "tag": _tag,
    "set": _set, "move": _move, "assign": _assign, "status": _status, "solve": _solve, "snooze": _snooze,
    "callback": _callback, "call": _call, "promise": _promise, "complaint": _complaint, "amends": _amends,
    "judge": _judge, "second": _second, "merge": _merge, "rate": _rate, "make_good": _make_good, "want": _want,
    "meet": _meet, "spend": _spend, "list": _list, "tick": _tick, "watch": _watch,
}  # fmt: skip
THEIRS = frozenset({"them", "second", "rate"})
