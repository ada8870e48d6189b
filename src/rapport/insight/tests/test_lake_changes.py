"""From notes of changes to keys and spans that hold at least those."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from rapport.insight.lake import changes
from rapport.insight.lake.changes import Changed, changed
from rapport.insight.lake.snapshot import Note

IDS = st.integers(0, 2000).map(lambda number: UUID(int=number))
NOTES = st.lists(st.tuples(IDS, IDS).map(lambda pair: Note("t", min(pair), max(pair))), max_size=300)


def holds(found: Changed, key: UUID) -> bool:
    return key in found.keys or any(low <= key <= high for low, high in found.spans)


@given(NOTES)
def test_every_noted_key_is_held(notes: list[Note]) -> None:
    found = changed(notes)

    for note in notes:
        assert holds(found, note.low)
        assert holds(found, note.high)
    assert len(found.spans) <= changes.MOST_SPANS
    assert all(one[1] < after[0] for one, after in zip(found.spans, found.spans[1:], strict=False))
    assert not any(low <= key <= high for key in found.keys for low, high in found.spans)


def test_single_keys_stay_single() -> None:
    found = changed([Note("t", UUID(int=3), UUID(int=3)), Note("t", UUID(int=9), UUID(int=9))])

    assert found == Changed((UUID(int=3), UUID(int=9)), ())


def test_too_many_keys_become_a_span(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(changes, "MOST_KEYS", 2)
    found = changed([Note("t", UUID(int=n), UUID(int=n)) for n in (1, 5, 9)])

    assert found == Changed((), ((UUID(int=1), UUID(int=9)),))
