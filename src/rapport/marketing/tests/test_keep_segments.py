"""Making, changing, archiving and removing segments; each refusal leaves everything as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import ConditionError, dump, read
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.marketing.models import Membership, Segment
from rapport.marketing.naming import InCircle, NotForEverybody, SegmentNotNamed
from rapport.marketing.queries import in_words, named, used_in
from rapport.marketing.services import members, segments
from rapport.service.models import Calendar, SlaPolicy
from rapport.team.models import Role
from rapport.team.queries import context_for
from rapport.team.services import views
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def everything() -> tuple[Any, ...]:
    return list(Segment.objects.values()), list(Membership.objects.values()), EventRecord.objects.count()


def test_a_marketer_makes_a_segment_by_a_condition(cast: Cast) -> None:
    with clock.frozen(AT):
        made = segments.create(
            "  Anas   abroad ", by=actor(cast.dora), condition='name starts with "ana" and country != GB',
            description="Who may want a visit", owner=cast.dora,
        )  # fmt: skip
    assert (made.name, made.kind, made.text) == (
        "Anas abroad", "dynamic", 'name starts with "ana" and country != "GB"',
    )  # fmt: skip
    assert made.condition == dump(read(made.text, "customer"))
    assert (made.waiting, made.size, made.owner) == (True, 0, cast.dora)
    assert in_words(made, context_for(SYSTEM)) == "Name starts with ana and Country is not United Kingdom"
    assert named("anas ABROAD") == made
    event = EventRecord.objects.get(type="marketing.segment_changed")
    assert (event.data, event.subject_id) == ({"name": "Anas abroad", "what": "created"}, made.pk)


def test_a_chosen_list_has_no_condition(cast: Cast) -> None:
    made = segments.create("Trade evening", by=actor(cast.alice))
    assert (made.kind, made.condition, made.waiting) == ("static", None, False)
    with pytest.raises(segments.UnknownField):
        segments.change(made, by=actor(cast.alice), condition="country = GB")
    made.refresh_from_db()
    assert made.condition is None


@pytest.mark.parametrize(
    ("name", "condition", "refusal"),
    [
        ("  ", None, segments.Nameless),
        ("REGULARS", "country = GB", segments.NameTaken),
        ("New", "country =", ConditionError),
        ("New", "owner = me", NotForEverybody),
        ("New", "country = GB and segment is empty", SegmentNotNamed),
        ("New", "segment.count >= 2", SegmentNotNamed),
        ("New", "segment has (since within last 7 days)", SegmentNotNamed),
        ("New", "segment.since within last 7 days", SegmentNotNamed),
        ("New", "segment = Nobody", ConditionError),
    ],
)
def test_what_is_no_segment_is_refused(cast: Cast, name: str, condition: str | None, refusal: type[Exception]) -> None:
    segments.create("Regulars", by=SYSTEM)
    before = everything()
    with pytest.raises(refusal):
        segments.create(name, by=actor(cast.dora), condition=condition)
    assert everything() == before


def test_who_may_not_keep_segments_still_sees_them(cast: Cast) -> None:
    made = segments.create("Regulars", by=SYSTEM, condition="country = GB")
    before = everything()
    for who in (cast.ben, cast.carla):
        with pytest.raises(Forbidden):
            segments.change(made, by=actor(who), name="Others")
        with pytest.raises(Forbidden):
            segments.remove(made, by=actor(who))
        assert list(Segment.objects.visible_to(actor(who))) == [made]
    assert everything() == before


def test_a_segment_stands_on_others_but_never_on_itself(cast: Cast) -> None:
    dora = actor(cast.dora)
    first = segments.create("First", by=dora, condition="country = GB")
    second = segments.create("Second", by=dora, condition="stage = customer and segment = First")
    third = segments.create("Third", by=dora, condition="not (segment has (segment = Second and since > 2020-01-01))")
    before = everything()
    with pytest.raises(InCircle, match="First → Third → Second → First") as refusal:
        segments.change(first, by=dora, condition='country = GB or segment in ("Third")')
    assert refusal.value.at == len("country = GB or ")
    with pytest.raises(InCircle):
        segments.change(first, by=dora, condition="segment = First")
    assert everything() == before
    third = segments.change(third, by=dora, condition="segment has any (First, Second)")
    assert in_words(third, context_for(SYSTEM)) == "Segment has any of First or Second"
    assert [one.name for one in used_in(first)] == ["Second", "Third"]
    assert second.text == f'stage = "customer" and segment = "{first.pk}"'


def test_what_others_name_is_not_put_away(cast: Cast) -> None:
    dora = actor(cast.dora)
    made = segments.create("Regulars", by=dora, condition="country = GB")
    views.save("customers", "Mine", by=dora, condition=f'segment = "{made.pk}"')
    tree = dump(read("customer.segment = Regulars", "ticket"))
    office = Calendar.objects.create(name="Office", zone="UTC", hours={}, created_at=AT, updated_at=AT)
    SlaPolicy.objects.create(name="Gold", calendar=office, condition=tree, created_at=AT, updated_at=AT)
    assert {(one.label, one.name) for one in used_in(made)} == {
        ("Saved view", "Mine (Dora Weiss)"), ("SLA policy", "Gold"),
    }  # fmt: skip
    before = everything()
    for act in (segments.archive, segments.remove):
        with pytest.raises(segments.InUse, match="SLA policy “Gold”"):
            act(made, by=dora)
    assert everything() == before


def test_an_archived_segment_rests_until_it_is_restored(cast: Cast) -> None:
    dora, ana = actor(cast.dora), customer("Ana", country="GB")
    made = segments.create("British", by=dora, condition="country = GB")
    members.recompute(made, by=SYSTEM)
    archived = segments.archive(made, by=dora)
    assert archived.archived_at is not None
    customer("Bob", country="GB")
    assert members.recompute(made, by=SYSTEM) == members.Moved()
    with pytest.raises(ConditionError):
        read("segment = British", "customer", dora)
    with pytest.raises(segments.Archived):
        segments.change(made, by=dora, name="Other")
    with pytest.raises(segments.Archived):
        segments.ask(made, by=dora)
    assert list(Membership.objects.values_list("customer", flat=True)) == [ana.pk]
    assert segments.restore(made, by=dora).waiting
    assert members.recompute(made, by=SYSTEM) == members.Moved(joined=1)


def test_a_removed_segment_leaves_nothing_behind(cast: Cast) -> None:
    customer("Ana", country="GB")
    made = segments.create("British", by=SYSTEM, condition="country = GB")
    members.recompute(made, by=SYSTEM)
    segments.remove(made, by=actor(cast.dora))
    assert not Segment.objects.exists()
    assert not Membership.objects.exists()
    assert EventRecord.objects.filter(type="marketing.segment_changed", data__what="removed").count() == 1


def test_roles_that_were_there_before_come_to_see_and_keep_segments(cast: Cast) -> None:
    for role in Role.objects.all():
        role.grants = {name: reach for name, reach in role.grants.items() if not name.startswith("marketing.")}
        role.save(update_fields=["grants"])
    import_module("rapport.marketing.migrations.0001_first").grant(apps, None)
    given = {
        role.key: sorted(name for name in role.grants if name.startswith("marketing.")) for role in Role.objects.all()
    }
    both = ["marketing.change", "marketing.view"]
    assert given == {
        "administrator": both, "manager": both, "marketer": both, "agent": both[1:], "reader": both[1:],
    }  # fmt: skip
