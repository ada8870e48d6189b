"""An @ names a colleague: by full name, first name or address, if it names one alone."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.conversations.mentioning import Person, find

BEN = Person(UUID(int=1), "Ben Okafor", "ben@lantern.example")
BEA = Person(UUID(int=2), "Bea Lind", "b.lind@lantern.example")
BENNY = Person(UUID(int=3), "Benny Ösz", "benny@lantern.example")
OTHER_BEA = Person(UUID(int=4), "Bea Young", "young@lantern.example")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ben please", [BEN]),
        ("please @ben okafor, look", [BEN]),
        ("@benny and @BEN", [BENNY, BEN]),
        ("@benny ösz!", [BENNY]),
        ("@Benny Osz", [BENNY]),
        ("@ben@lantern.example.", [BEN]),
        ("@b.lind", [BEA]),
        ("@ben @ben", [BEN]),
        ("ben@lantern.example", []),
        ("me@ben", []),
        ("@bent over", []),
        ("@ben-gurion @ben_x @ben.x", []),
        ("@", []),
        ("@ ben", []),
        ("(@ben)", [BEN]),
        ("@ben's", [BEN]),
    ],
)
def test_who_is_named(text: str, named: list[Person]) -> None:
    assert find(text, [BEN, BEA, BENNY]) == [person.id for person in named]


def test_a_name_that_two_share_names_neither() -> None:
    people = [BEA, OTHER_BEA]
    assert find("@bea", people) == []
    assert find("@bea lind @young", people) == [BEA.id, OTHER_BEA.id]


@given(st.text(max_size=200))
def test_only_what_follows_an_at_sign_names_anybody(text: str) -> None:
    found = find(text, [BEN, BEA, BENNY])
    assert len(found) == len(set(found))
    assert "@" in text or found == []


@given(
    st.sampled_from([BEN, BEA, BENNY]),
    st.sampled_from(["", "see ", "(", "\n"]),
    st.sampled_from(["", "!", ", yes", ")"]),
)
def test_a_full_name_after_an_at_sign_is_always_found(person: Person, before: str, after: str) -> None:
    assert find(f"{before}@{person.name}{after}", [BEN, BEA, BENNY]) == [person.id]
