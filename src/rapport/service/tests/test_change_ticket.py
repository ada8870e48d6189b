from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.fields import InvalidField
from rapport.kernel.models import CustomField, EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.service.services import assigning, merges, patching, tickets
from rapport.service.services.locking import MergedAway, Trashed
from rapport.service.tests.making import AT, events, everything, fresh, ticket
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def test_what_changed_is_told_with_old_and_new() -> None:
    made = ticket()
    with clock.frozen(AT + timedelta(days=900)):
        changed = tickets.change(made, priority="high", tags=["lamp"], by=SYSTEM)
    assert (changed.priority, changed.tags, changed.version) == ("high", ["lamp"], 2)
    assert fresh(made).updated_at == AT + timedelta(days=900)
    event = EventRecord.objects.get(type="service.ticket_changed")
    assert event.data == {
        "number": "T-1",
        "summary": "changed priority, tags",
        "version": 2,
        "changes": {"priority": ["normal", "high"], "tags": [[], ["lamp"]]},
    }


def test_what_does_not_differ_is_not_told() -> None:
    made = ticket(tags=["lamp"])
    before = everything()
    tickets.change(made, subject="The lamp is broken", tags=["lamp", "LAMP"], by=SYSTEM)
    tickets.tag(made, "Lamp", by=SYSTEM)
    tickets.untag(made, "glass", by=SYSTEM)
    assert everything() == before


def test_tags_come_and_go_one_by_one() -> None:
    made = ticket(tags=["lamp"])
    assert tickets.tag(made, "glass", "shade", by=SYSTEM).tags == ["lamp", "glass", "shade"]
    assert tickets.untag(made, "lamp", "shade", by=SYSTEM).tags == ["glass"]


def test_two_people_may_change_different_fields() -> None:
    made = ticket()
    tickets.change(made, priority="high", version=1, by=SYSTEM)
    changed = tickets.change(made, subject="The lamp flickers", version=1, by=SYSTEM)
    assert (changed.priority, changed.subject, changed.version) == ("high", "The lamp flickers", 3)


def test_two_people_who_change_one_field_are_shown_both_values() -> None:
    made = ticket()
    tickets.change(made, priority="high", version=1, by=SYSTEM)
    before = everything()
    with pytest.raises(patching.Conflict) as conflict:
        tickets.change(made, priority="low", subject="Mine", version=1, by=SYSTEM)
    assert conflict.value.fields == {"priority": ("high", "low")}
    assert conflict.value.version == 2
    assert everything() == before
    assert tickets.change(made, priority="low", version=2, by=SYSTEM).priority == "low"


def test_two_people_of_one_mind_do_not_conflict() -> None:
    made = ticket()
    tickets.change(made, priority="high", version=1, by=SYSTEM)
    assert tickets.change(made, priority="high", version=1, by=SYSTEM).version == 2


def test_a_change_of_owner_is_no_conflict_for_a_field(cast: Cast) -> None:
    made = ticket()
    assigning.assign(made, cast.ben, by=SYSTEM)
    assert tickets.change(made, priority="high", version=1, by=SYSTEM).priority == "high"


def test_custom_fields_conflict_too() -> None:
    CustomField.objects.create(noun="ticket", key="size", label="Size", type="text")
    made = ticket()
    tickets.change(made, custom={"size": "S"}, version=1, by=SYSTEM)
    with pytest.raises(patching.Conflict) as conflict:
        tickets.change(made, custom={"size": "M"}, version=1, by=SYSTEM)
    assert conflict.value.fields == {"custom.size": ("S", "M")}
    assert fresh(made).custom == {"size": "S"}


def test_a_new_subject_and_customer_are_found() -> None:
    made = ticket()
    ana = customer("Ana Lima")
    changed = tickets.change(made, subject="Glühbirne", requester_id=ana.pk, by=SYSTEM)
    assert changed.requester == ana
    assert "'gluhbirne'" in fresh(made).search
    assert "'ana'" in fresh(made).search


def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    made = ticket()
    sams = assigning.assign(ticket("Sam's"), cast.sam, by=SYSTEM)
    before = everything()
    with pytest.raises(tickets.Untold):
        tickets.change(made, subject=" ", by=SYSTEM)
    with pytest.raises(patching.UnknownField):
        tickets.change(made, owner_id=cast.ben.pk, by=SYSTEM)
    with pytest.raises(patching.UnknownField):
        tickets.change(made, priority="sky-high", by=SYSTEM)
    with pytest.raises(patching.NoSuchRow):
        tickets.change(made, requester_id=cast.ben.pk, by=SYSTEM)
    with pytest.raises(InvalidField):
        tickets.change(made, custom={"size": "M"}, by=SYSTEM)
    with pytest.raises(Forbidden):
        tickets.change(made, priority="high", by=actor(cast.carla))
    with pytest.raises(OutOfReach):
        tickets.change(sams, priority="high", by=actor(cast.ben))
    assert everything() == before


def test_nothing_happens_to_what_is_in_the_trash_or_merged() -> None:
    gone, merged, there = ticket("Gone"), ticket("Merged"), ticket("There")
    tickets.trash(gone, by=SYSTEM)
    merges.merge(merged, there, by=SYSTEM)
    before = everything()
    with pytest.raises(Trashed):
        tickets.change(gone, priority="high", by=SYSTEM)
    with pytest.raises(Trashed):
        tickets.trash(gone, by=SYSTEM)
    with pytest.raises(MergedAway) as away:
        tickets.change(merged, priority="high", by=SYSTEM)
    assert away.value.into == there
    assert everything() == before


def test_the_trash_gives_back() -> None:
    made = ticket()
    tickets.trash(made, by=SYSTEM)
    assert tickets.restore(made, by=SYSTEM).deleted_at is None
    tickets.restore(made, by=SYSTEM)
    assert events(made) == ["ticket_opened", "ticket_trashed", "ticket_restored"]


@given(st.lists(st.text(max_size=8)))
def test_clean_tags_are_clean(tags: list[str]) -> None:
    cleaned = patching.clean_tags(tags)
    assert cleaned == patching.clean_tags(cleaned)
    assert len({tag.casefold() for tag in cleaned}) == len(cleaned)
    assert all(tag and tag == tag.strip() for tag in cleaned)
