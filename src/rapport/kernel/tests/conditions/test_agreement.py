"""The three compilers say the same of every row, for random trees over rows with everything missing somewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rapport.kernel.conditions import Ctx, Node, check, matcher, text, to_q
from rapport.kernel.conditions.errors import TooLarge
from rapport.kernel.conditions.lake import to_ibis
from rapport.kernel.conditions.tree import limit
from rapport.kernel.tests.conditions.ground_data import Ground
from rapport.kernel.tests.conditions.strategies import contexts, edges_of_days, trees
from rapport.testing.ground.models import Thing


def small(tree: Node) -> bool:
    """Return whether a tree is within the limits."""
    try:
        limit(tree)
    except TooLarge:
        return False
    return True


def in_database(tree: Node, ctx: Ctx) -> set[Any]:
    return set(Thing._default_manager.filter(to_q(tree, "thing", ctx)).values_list("pk", flat=True))


def in_memory(tree: Node, ctx: Ctx, ground: Ground) -> set[Any]:
    holds = matcher(tree, "thing", ctx)
    return {thing.pk for thing in ground.things if holds(thing)}


def in_lake(asked: list[Node], ctx: Ctx, ground: Ground) -> list[set[Any]]:
    table = ground.lake.table("ground_thing")
    columns = {f"c{index}": to_ibis(tree, "thing", table, ctx, ground.lake) for index, tree in enumerate(asked)}
    rows = ground.lake.rows(table.select(table["id"], **columns))
    assert None not in {value for row in rows for value in row}, "a truth is null"
    return [{row[0] for row in rows if row[index]} for index in range(1, len(columns) + 1)]


def asking(examples: int) -> settings:
    """Return the settings for so many examples over one set of rows."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )


def assert_agreement(asked: list[Node], ctx: Ctx, ground: Ground) -> None:
    """Ask all three the same and compare, row for row."""
    ctx = replace(ctx, news=lambda thing, name: ground.news.get((thing.pk, name), []))
    asked = [check(tree, "thing") for tree in asked]
    lake = in_lake(asked, ctx, ground)
    for tree, of_lake in zip(asked, lake, strict=True):
        of_memory = in_memory(tree, ctx, ground)
        assert in_database(tree, ctx) == of_memory, text(tree)
        assert of_lake == of_memory, text(tree)


@asking(64)
@given(asked=st.lists(trees.filter(small), min_size=8, max_size=8), ctx=contexts())
def test_database_memory_and_lake_agree(ground: Ground, asked: list[Node], ctx: Ctx) -> None:
    assert_agreement(asked, ctx, ground)


@asking(20)
@given(asked=st.lists(edges_of_days, min_size=20, max_size=20), ctx=contexts())
def test_days_begin_and_end_alike(ground: Ground, asked: list[Node], ctx: Ctx) -> None:
    assert_agreement(asked, ctx, ground)
