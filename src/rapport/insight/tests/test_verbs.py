"""Targets, rules and kinds: what the verbs change, and that a refusal changes nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest
from django.db import connection

from rapport.insight.kinds import UnknownKind
from rapport.insight.models import Score, Target
from rapport.insight.policy import Policy
from rapport.insight.services import kinds, rules, targets
from rapport.insight.services.rules import OutOfLimits, UnknownRule
from rapport.insight.services.targets import NotANumber, UnknownMetric
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.team.models import Organisation
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db


def told(type_: str) -> list[dict[str, Any]]:
    return list(EventRecord.objects.filter(type=type_).values_list("data", flat=True))


def policy() -> Policy:
    return Policy.of(Organisation.objects.get().policy)


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'insight.recompute'")
        found: int = cursor.fetchone()[0]
    return found


def test_a_target_is_set_changed_and_cleared(cast: Cast) -> None:
    by = actor(cast.mona)
    targets.set_target("csat", 85, by=by)
    targets.set_target("csat", 90, by=by)

    assert list(Target.objects.values_list("metric", "value")) == [("csat", 90)]
    assert targets.clear_target("csat", by=by)
    assert not targets.clear_target("csat", by=by)
    assert told("insight.target_set") == [
        {"metric": "csat", "value": 85},
        {"metric": "csat", "value": 90},
        {"metric": "csat"},
    ]


def test_targets_of_nothing_and_without_a_number_are_refused(cast: Cast) -> None:
    with pytest.raises(UnknownMetric):
        targets.set_target("happiness", 1, by=actor(cast.mona))
    with pytest.raises(NotANumber):
        targets.set_target("csat", math.nan, by=actor(cast.mona))
    with pytest.raises(Forbidden):
        targets.set_target("csat", 85, by=actor(cast.carla))

    assert not Target.objects.exists()
    assert not told("insight.target_set")


def test_weights_are_kept_and_ask_for_new_scores(cast: Cast) -> None:
    by = actor(cast.mona)
    rules.set_weight("trust", 2.5, by=by)
    rules.set_weight("trust.promises_kept", 0, by=by)

    assert policy().weights == {"trust": 2.5, "trust.promises_kept": 0}
    assert told("insight.rules_changed")[0] == {"changes": {"weights": [{}, {"trust": 2.5}]}}
    assert waiting() == 1


def test_rules_change_only_what_is_named(cast: Cast) -> None:
    Organisation.objects.update(policy={"other": {"a": 1}})
    rules.change_rules(active_days=180, by=actor(cast.mona))
    rules.change_rules(margin=0.4, by=actor(cast.mona))

    assert (policy().active_days, policy().margin, policy().discount) == (180, 0.4, 0.1)
    assert Organisation.objects.get().policy["other"] == {"a": 1}


def test_a_rule_set_to_what_it_is_tells_nothing(cast: Cast) -> None:
    rules.change_rules(active_days=365, by=actor(cast.mona))

    assert not told("insight.rules_changed")
    assert waiting() == 0


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"luck": 1}, UnknownRule),
        ({"margin": 1.5}, OutOfLimits),
        ({"months": True}, OutOfLimits),
        ({"cohort": "fortnight"}, OutOfLimits),
        ({"weights": {"charm": 1}}, UnknownRule),
        ({"weights": {"trust": -1}}, OutOfLimits),
        ({"kinds": {"romantic": {}}}, UnknownRule),
        ({"kinds": {"advisory": {"stars": 1}}}, UnknownRule),
        ({"kinds": {"advisory": {"contact": math.inf}}}, OutOfLimits),
    ],
)
def test_rules_that_make_no_sense_are_refused(cast: Cast, values: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rules.change_rules(by=actor(cast.mona), **values)

    assert policy() == Policy()
    assert not told("insight.rules_changed")


def test_a_reader_changes_no_rules(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        rules.change_rules(margin=0.4, by=actor(cast.carla))

    assert policy() == Policy()


def test_somebody_knows_the_kind_better(cast: Cast) -> None:
    ana, by = customer("Ana Lima"), actor(cast.mona)
    kinds.choose_kind(ana, kind="advisory", by=by)
    kinds.choose_kind(ana, kind="advisory", by=by)

    assert Score.objects.get(customer=ana).kind_override == "advisory"
    kinds.clear_kind(ana, by=by)
    assert Score.objects.get(customer=ana).kind_override == ""
    assert told("insight.kind_chosen") == [{"kind": "advisory"}, {"before": "advisory"}]


def test_kinds_there_are_not_are_refused(cast: Cast) -> None:
    ana = customer("Ana Lima")
    with pytest.raises(UnknownKind):
        kinds.choose_kind(ana, kind="romantic", by=actor(cast.mona))

    assert not Score.objects.exists()
