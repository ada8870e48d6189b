from __future__ import annotations

from datetime import date, timedelta

import pytest

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.service import variables
from rapport.service.models import CannedAnswer, ChecklistItem, TicketTemplate, TimeEntry
from rapport.service.queries import answers, minutes_spent
from rapport.service.services import canned, checklists, links, patching, sharing, templates, tickets, times, watchers
from rapport.service.tests.making import AT, events, everything, fresh, queue, ticket
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def test_an_answer_is_found_by_shortcut_and_words_and_used(cast: Cast) -> None:
    ben = actor(cast.ben)
    made = canned.add("Where it is", "Dear {{customer.name}}, it is on its way.", shortcut="/Way", by=ben)
    other = canned.add("Unterwegs", "Es ist unterwegs.", shortcut="way", language="de", by=ben)
    canned.add("Bea's", "On its way too", by=actor(cast.bea))
    assert made.shortcut == "way"
    assert set(answers("/w", ben)) == {made, other}
    assert list(answers("on wa", ben)) == [made]
    assert list(answers("", ben, "de")) == [other, made]
    assert not answers("clock", ben).exists()
    row = ticket(requester=customer("Ana"))
    assert canned.use(row, made, by=ben) == "Dear Ana, it is on its way."
    assert CannedAnswer.objects.get(pk=made.pk).used == 1
    assert next(iter(answers("/w", ben))) == made


def test_what_is_wrong_with_an_answer_is_told_when_it_is_saved(cast: Cast) -> None:
    ben = actor(cast.ben)
    made = canned.add("Way", "On its way", shortcut="way", by=ben)
    with pytest.raises(variables.UnknownVariable):
        canned.add("Way", "Dear {{customer.nmae}}", by=ben)
    with pytest.raises(canned.ShortcutTaken):
        canned.add("Way again", "x", shortcut="/WAY", by=ben)
    with pytest.raises(canned.NoText):
        canned.change(made, title="Way", text=" ", by=ben)
    with pytest.raises(Forbidden):
        canned.add("Ours", "x", scope=sharing.ALL, by=ben)
    with pytest.raises(OutOfReach):
        canned.change(made, title="Stolen", text="x", by=actor(cast.bea))
    with pytest.raises(OutOfReach):
        canned.use(ticket(), made, by=actor(cast.bea))
    assert list(CannedAnswer.objects.values_list("title", "text")) == [("Way", "On its way")]
    canned.archive(made, by=ben)
    assert not answers("", ben).exists()
    assert canned.add("Way", "x", shortcut="way", by=ben).shortcut == "way"


def test_a_ticket_from_a_template_has_what_it_says(cast: Cast) -> None:
    ben, team = actor(cast.ben), queue("Returns")
    made = templates.add(
        "Return", by=ben, type="request", subject="Return of goods", priority="high", queue_id=team.pk,
        tags=["return", "Return"], checklist=["Label", " ", "Refund"],
    )  # fmt: skip
    row = templates.open_from(made, by=ben, requester=customer("Ana"), priority="low")
    assert (row.type, row.subject, row.priority, row.queue, row.tags) == (
        "request", "Return of goods", "low", team, ["return"],
    )  # fmt: skip
    assert list(row.checklist.values_list("text", flat=True)) == ["Label", "Refund"]
    with pytest.raises(OutOfReach):
        templates.open_from(made, by=actor(cast.bea))
    with pytest.raises(patching.UnknownField):
        templates.change(made, type="riddle", by=ben)
    with pytest.raises(patching.NoSuchRow):
        templates.change(made, queue_id=row.pk, by=ben)
    with pytest.raises(templates.Nameless):
        templates.add(" ", by=ben)
    assert TicketTemplate.objects.get().type == "request"
    templates.archive(made, by=ben)
    with pytest.raises(OutOfReach):
        templates.open_from(made, by=ben)


def test_points_are_ticked_by_whoever_did_them(cast: Cast) -> None:
    row, other = ticket(), ticket("Other")
    first, second = checklists.add(row, ["Look", " See "], by=SYSTEM)
    (third,) = checklists.add(row, ["Tell"], by=SYSTEM)
    assert [one.position for one in (first, second, third)] == [1, 2, 3]
    with clock.frozen(AT):
        done = checklists.tick(row, second, by=actor(cast.ben))
    assert (done.text, done.done_at, done.done_by) == ("See", AT, cast.ben)
    checklists.tick(row, second, by=actor(cast.bea))
    assert ChecklistItem.objects.get(pk=second.pk).done_by == cast.ben
    assert checklists.untick(row, second, by=SYSTEM).done_at is None
    before = everything()
    with pytest.raises(checklists.NotOnList):
        checklists.tick(other, second, by=SYSTEM)
    with pytest.raises(checklists.NothingToDo):
        checklists.add(row, [" "], by=SYSTEM)
    assert everything() == before
    checklists.remove(row, first, by=SYSTEM)
    assert list(row.checklist.values_list("text", flat=True)) == ["See", "Tell"]


def test_time_is_kept_by_activity(cast: Cast) -> None:
    row, ben = ticket(), actor(cast.ben)
    with clock.frozen(AT):
        entry = times.spend(row, 15, activity="Phone", billable=True, by=ben)
        times.spend(row, 5, activity="Phone", spent_on=date(2026, 3, 1), by=ben)
        times.spend(row, 1440, by=actor(cast.bea))
        for wrong in (0, -1, 1441):
            with pytest.raises(times.NotATime):
                times.spend(row, wrong, by=ben)
        with pytest.raises(times.NotATime):
            times.spend(row, 5, spent_on=date(2026, 3, 3), by=ben)
    assert (entry.spent_on, entry.user, entry.user_name) == (date(2026, 3, 2), cast.ben, "Ben Okafor")
    assert minutes_spent(row) == {"Phone": 20, "": 1440}
    with pytest.raises(Forbidden):
        times.remove(row, entry, by=actor(cast.bea))
    with pytest.raises(OutOfReach):
        times.remove(ticket("Other"), entry, by=ben)
    assert TimeEntry.objects.count() == 3
    times.remove(row, entry, by=ben)
    assert minutes_spent(row)["Phone"] == 5


def test_watchers_are_told_once_and_see_what_they_watch(cast: Cast) -> None:
    row, ana = ticket(), customer("Ana")
    for _twice in range(2):
        watchers.add(row, cast.bea, by=SYSTEM)
        watchers.add(row, ana, by=SYSTEM)
    assert row.watchers.count() == 2
    assert events(row).count("ticket_watched") == 2
    watchers.remove(row, ana, by=SYSTEM)
    watchers.remove(row, ana, by=SYSTEM)
    assert [one.user for one in row.watchers.all()] == [cast.bea]
    cast.dora.role.grants = {}
    with pytest.raises(watchers.CannotSee):
        watchers.add(row, cast.dora, by=SYSTEM)
    assert row.watchers.count() == 1


def test_links_are_made_once_and_taken_from_either_side(cast: Cast) -> None:
    one, two, gone = ticket("One"), ticket("Two"), ticket("Gone")
    for _twice in range(2):
        links.link(one, two, by=SYSTEM)
    assert events(one).count("ticket_linked") == 1
    tickets.trash(gone, by=SYSTEM)
    before = everything()
    with pytest.raises(links.Itself):
        links.link(one, one, by=SYSTEM)
    with pytest.raises(ValueError, match="trash"):
        links.link(one, gone, by=SYSTEM)
    with pytest.raises(ValueError, match="cousin"):
        links.link(one, two, kind="cousin", by=SYSTEM)
    assert everything() == before
    links.unlink(two, one, by=SYSTEM)
    assert not one.links.exists()


def test_tickets_go_three_levels_deep_and_never_in_a_circle(cast: Cast) -> None:
    top, middle, low, more = (ticket(name) for name in ("Top", "Middle", "Low", "More"))
    links.set_parent(low, middle, by=SYSTEM)
    links.set_parent(middle, top, by=SYSTEM)
    before = everything()
    for child, parent in ((more, low), (top, more)):
        with pytest.raises(links.TooDeep):
            links.set_parent(child, parent, by=SYSTEM)
    for child, parent in ((top, low), (middle, middle), (top, middle)):
        with pytest.raises(links.Circle):
            links.set_parent(child, parent, by=SYSTEM)
    assert everything() == before
    links.set_parent(low, top, by=SYSTEM)
    assert links.set_parent(more, middle, by=SYSTEM).parent == middle
    assert links.set_parent(low, None, by=SYSTEM).parent is None
    assert fresh(low).parent is None


def test_every_setting_that_changes_is_told(cast: Cast) -> None:
    canned.add("Way", "On its way", by=SYSTEM)
    queue("Help")
    told = EventRecord.objects.filter(type="service.setting_changed").order_by("recorded_at", "id")
    assert [(event.data["noun"], event.data["what"]) for event in told] == [
        ("canned answer", "added"), ("queue", "added"),
    ]  # fmt: skip
    assert timedelta(0) <= clock.now() - told[0].recorded_at
