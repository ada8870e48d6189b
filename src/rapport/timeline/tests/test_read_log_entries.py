from __future__ import annotations

import pytest

from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.testing.builders import customer
from rapport.testing.cast import Cast
from rapport.timeline import queries
from rapport.timeline.services import activities


def test_the_timeline_shows_log_entries_as_they_read_now(cast: Cast) -> None:
    row = customer()
    kept = activities.write_note(row, "As it was.", by=SYSTEM)
    changed = activities.write_note(row, "Before.", by=SYSTEM)
    removed = activities.write_note(row, "Gone.", by=SYSTEM)
    activities.rewrite(changed, "After.", by=SYSTEM)
    activities.remove(removed, by=SYSTEM)
    notes = {
        item.subject_id: (item.text, item.edited) for item in queries.of_customer(row, SYSTEM, group="notes").items
    }
    assert notes == {kept.pk: ("As it was.", False), changed.pk: ("After.", True)}
    assert EventRecord.objects.get(type="timeline.note_written", subject_id=changed.pk).data["text"] == "Before."


@pytest.mark.parametrize(("at_most", "counted"), [(2, 2), (10, 4)])
def test_counting_stops_where_it_is_told_to(cast: Cast, at_most: int, counted: int) -> None:
    row = customer()
    for number in range(3):
        activities.write_note(row, f"note {number}", by=SYSTEM)
    assert queries.count(row, SYSTEM, at_most=at_most) == counted
