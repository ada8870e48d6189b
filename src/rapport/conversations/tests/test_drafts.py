"""Drafts are kept as one types, one for each person in a thread, and no window overwrites another unseen."""

from __future__ import annotations

import pytest

from rapport.conversations.models import Draft, Thread
from rapport.conversations.services import drafts
from rapport.conversations.tests.making import received
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """Return the thread of a mail from Ana."""
    return received().thread


def test_a_draft_is_kept_and_kept_again(cast: Cast, thread: Thread) -> None:
    ben, said = actor(cast.ben), EventRecord.objects.count()
    first = drafts.save(thread, "It", by=ben, shown="")
    again = drafts.save(thread, "It is\x00", by=ben, shown=first.mark, to=[("Ana", "Ana@lima.example")])
    assert (again.pk, again.version, again.text, again.to) == (first.pk, 2, "It is", [["Ana", "ana@lima.example"]])
    drafts.save(thread, "Other", by=actor(cast.bea), kind="note")
    assert Draft.objects.count() == 2
    assert EventRecord.objects.count() == said


@pytest.mark.parametrize("shown", ["", "0.1"])
def test_another_window_is_not_overwritten_unseen(cast: Cast, thread: Thread, shown: str) -> None:
    ben = actor(cast.ben)
    there = drafts.save(thread, "From the first window", by=ben)
    with pytest.raises(drafts.ChangedElsewhere) as refusal:
        drafts.save(thread, "From the second", by=ben, shown=shown)
    assert refusal.value.draft == there
    with pytest.raises(drafts.ChangedElsewhere):
        drafts.discard(thread, by=ben, shown=shown)
    with pytest.raises(drafts.ChangedElsewhere):
        drafts.check(thread, shown, by=ben)
    assert Draft.objects.get().text == "From the first window"


def test_a_draft_thrown_away_elsewhere_is_told_too(cast: Cast, thread: Thread) -> None:
    ben = actor(cast.ben)
    shown = drafts.save(thread, "It is", by=ben)
    drafts.discard(thread, by=ben)
    drafts.discard(thread, by=ben)
    with pytest.raises(drafts.ChangedElsewhere) as refusal:
        drafts.save(thread, "It is on", by=ben, shown=shown.mark)
    assert refusal.value.draft is None
    assert not Draft.objects.exists()


def test_an_answer_and_a_note_are_drafts_beside_each_other(cast: Cast, thread: Thread) -> None:
    ben = actor(cast.ben)
    drafts.save(thread, "Dear Ana", by=ben, shown="")
    drafts.save(thread, "Ask Bea first", by=ben, kind="note", shown="")
    drafts.discard(thread, by=ben, kind="note")
    assert [(one.kind, one.text) for one in Draft.objects.all()] == [("reply", "Dear Ana")]


def test_only_people_who_may_answer_write_drafts(cast: Cast, thread: Thread) -> None:
    with pytest.raises(Forbidden):
        drafts.save(thread, "Hello", by=actor(cast.carla))
    with pytest.raises(drafts.NotAPerson):
        drafts.save(thread, "Hello", by=SYSTEM)
    with pytest.raises(drafts.NotAPerson):
        drafts.discard(thread, by=SYSTEM)
    assert not Draft.objects.exists()
