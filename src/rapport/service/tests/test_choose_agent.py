from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from rapport.service.choosing import Candidate, Choice, choose

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ANN, BOB, CID = (UUID(int=key) for key in (1, 2, 3))


def test_in_turn_means_whoever_waited_longest() -> None:
    members = [
        Candidate(ANN, given_at=AT),
        Candidate(BOB, given_at=AT - timedelta(hours=1)),
        Candidate(CID, given_at=AT + timedelta(hours=1)),
    ]
    assert choose("round_robin", members) == Choice(BOB, "round_robin")
    assert choose("round_robin", [*members, Candidate(UUID(int=9))]) == Choice(UUID(int=9), "round_robin")


def test_the_least_busy_gets_it_and_among_equals_the_one_who_waited() -> None:
    members = [Candidate(ANN, load=2), Candidate(BOB, load=1, given_at=AT), Candidate(CID, load=1)]
    assert choose("least_busy", members) == Choice(CID, "least_busy")


def test_the_last_agent_comes_first_when_free() -> None:
    members = [Candidate(ANN), Candidate(BOB, load=3, capacity=3)]
    assert choose("round_robin", members, last=ANN) == Choice(ANN, "last_agent")
    assert choose("round_robin", members, last=BOB) == Choice(ANN, "round_robin")
    assert choose("round_robin", members, last=CID) == Choice(ANN, "round_robin")


def test_nobody_gets_what_they_cannot_take() -> None:
    needed = frozenset({"french"})
    assert choose("round_robin", [Candidate(ANN, away=True)]) is None
    assert choose("round_robin", [Candidate(ANN, load=1, capacity=1)]) is None
    assert choose("round_robin", [Candidate(ANN, capacity=0)]) is None
    assert choose("round_robin", [Candidate(ANN)], needed=needed) is None
    assert choose("round_robin", [Candidate(ANN)], resting={ANN}) is None
    assert choose("round_robin", []) is None
    assert choose("manual", [Candidate(ANN)]) is None
    able = Candidate(BOB, skills=frozenset({"french", "german"}))
    assert choose("round_robin", [Candidate(ANN), able], needed=needed) == Choice(BOB, "round_robin")


moments = st.none() | st.integers(0, 5).map(lambda hours: AT + timedelta(hours=hours))
candidates = st.builds(
    Candidate,
    user_id=st.integers(1, 6).map(lambda key: UUID(int=key)),
    load=st.integers(0, 3),
    capacity=st.none() | st.integers(0, 3),
    skills=st.frozensets(st.sampled_from("ab")),
    away=st.booleans(),
    given_at=moments,
)


@given(
    mode=st.sampled_from(["round_robin", "least_busy"]),
    members=st.lists(candidates, unique_by=lambda one: one.user_id),
    needed=st.frozensets(st.sampled_from("ab")),
)
def test_whoever_is_chosen_is_free_and_order_does_not_matter(
    mode: str, members: list[Candidate], needed: frozenset[str]
) -> None:
    found = choose(mode, members, needed=needed)
    free = [one.user_id for one in members if one.free(needed)]
    assert (found is None) == (not free)
    assert found is None or found.user_id in free
    assert choose(mode, members[::-1], needed=needed) == found


@given(st.integers(1, 5), st.integers(1, 30))
def test_in_turn_everybody_gets_as_many(people: int, tickets: int) -> None:
    given_at: dict[UUID, datetime | None] = {UUID(int=key): None for key in range(1, people + 1)}
    got = dict.fromkeys(given_at, 0)
    for number in range(tickets):
        choice = choose("round_robin", [Candidate(key, given_at=at) for key, at in given_at.items()])
        assert choice is not None
        given_at[choice.user_id] = AT + timedelta(seconds=number)
        got[choice.user_id] += 1
    assert max(got.values()) - min(got.values()) <= 1
