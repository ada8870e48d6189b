from __future__ import annotations

from datetime import date

import pytest

from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.promises.services import promises
from rapport.testing.builders import customer, promise
from rapport.testing.cast import Cast, actor

DAY = date(2099, 1, 1)


@pytest.mark.parametrize("how", ["fulfil", "give_up", "release"])
def test_an_end_is_taken_back_whatever_it_was(cast: Cast, how: str) -> None:
    made = promise(customer(), due_on=DAY)
    if how == "fulfil":
        ended = promises.fulfil(made, by=SYSTEM)
    else:
        ended = getattr(promises, how)(made, "a slip", by=SYSTEM)
    open_again = promises.reopen(made, by=SYSTEM)
    assert (open_again.outcome, open_again.fulfilled_at, open_again.ended_at, open_again.ended_because) == (
        "", None, None, "",
    )  # fmt: skip
    told = EventRecord.objects.get(type="promises.reopened")
    assert told.data["outcome"] == ended.outcome


def test_an_open_promise_has_no_end_to_take_back(cast: Cast) -> None:
    made = promise(customer(), due_on=DAY)
    with pytest.raises(promises.NotEnded):
        promises.reopen(made, by=SYSTEM)
    assert not EventRecord.objects.filter(type="promises.reopened").exists()


def test_a_reader_takes_nothing_back(cast: Cast) -> None:
    made = promise(customer(), due_on=DAY)
    promises.fulfil(made, by=SYSTEM)
    with pytest.raises(Forbidden):
        promises.reopen(made, by=actor(cast.carla))
    made.refresh_from_db()
    assert made.outcome == "kept"
