from __future__ import annotations

import uuid
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.ids import new_id, new_ids


@given(st.integers(min_value=0, max_value=2**48 - 1))
def test_an_id_is_a_version_7_uuid_of_its_millisecond(milliseconds: int) -> None:
    made = new_id(milliseconds)
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == milliseconds


@given(st.integers(min_value=0, max_value=500))
def test_a_block_of_ids_ascends_and_repeats_none(count: int) -> None:
    made = list(new_ids(count))
    assert len(set(made)) == count
    assert all(one < two for one, two in pairwise(made))
    assert {one.version for one in made} <= {7}


def test_ids_made_one_after_the_other_ascend() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {uuid.RFC_4122}
