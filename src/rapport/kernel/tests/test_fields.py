from __future__ import annotations

from typing import Any

import pytest

from rapport.kernel import fields
from rapport.kernel.models import CustomField

pytestmark = pytest.mark.django_db


def declare(key: str, kind: str, **more: Any) -> CustomField:
    return CustomField.objects.create(noun="customer", key=key, label=key.title(), type=kind, **more)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  red ", "red"),
        ("number", "3.50", 3.5),
        ("number", "7", 7),
        ("money", 1250, 1250),
        ("boolean", "yes", True),
        ("boolean", "0", False),
        ("date", "2026-02-28", "2026-02-28"),
        ("datetime", "2026-02-28T10:00:00+01:00", "2026-02-28T10:00:00+01:00"),
        ("datetime", "2026-02-28 10:00", "2026-02-28T10:00:00+00:00"),
        ("choice", "gold", "gold"),
        ("choices", ["gold", "tin"], ["gold", "tin"]),
        ("url", "https://example.com/a", "https://example.com/a"),
        ("email", " Ana@Example.COM ", "Ana@example.com"),
        ("phone", "+44 20 7946 0000 x12", "+44 20 7946 0000 x12"),
        ("percent", "12.5", 12.5),
        ("rating", "4", 4),
    ],
)
def test_a_value_is_kept_as_its_type_holds_it(kind: str, given: Any, kept: Any) -> None:
    declare("metal", kind, options=["gold", "tin"])
    assert fields.clean("customer", {"metal": given}) == {"metal": kept}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("number", "many"),
        ("number", "NaN"),
        ("money", "12.50"),
        ("money", True),
        ("boolean", "perhaps"),
        ("date", "2026-02-31"),
        ("datetime", "noon"),
        ("choice", "lead"),
        ("choices", ["gold", "lead"]),
        ("url", "javascript:alert(1)"),
        ("text", "x" * 10_001),
        ("email", "ana@"),
        ("phone", "call me"),
        ("phone", "123"),
        ("percent", "half"),
        ("rating", 6),
        ("rating", 2.5),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_field(kind: str, given: Any) -> None:
    declare("metal", kind, options=["gold", "tin"])
    with pytest.raises(fields.InvalidField) as refusal:
        fields.clean("customer", {"metal": given})
    assert refusal.value.key == "metal"


def test_a_field_that_is_not_declared_is_refused() -> None:
    with pytest.raises(fields.InvalidField, match="no field colour"):
        fields.clean("customer", {"colour": "red"})


def test_a_needed_field_is_asked_for_unless_the_change_is_partial() -> None:
    declare("metal", "text", required=True)
    with pytest.raises(fields.InvalidField, match="is needed"):
        fields.clean("customer", {})
    assert fields.clean("customer", {}, partial=True) == {}


@pytest.mark.parametrize(
    ("kind", "least", "most", "fits", "refused"),
    [
        ("number", 1, 5, [1, "5", 2.5], [0, 5.1]),
        ("percent", 0, None, [0, 250], [-1]),
        ("text", 2, 3, ["ab", "abc"], ["a", "abcd"]),
        ("long_text", None, 3, ["a"], ["abcd"]),
    ],
)
def test_a_value_keeps_within_the_bounds_of_its_field(
    kind: str, least: float | None, most: float | None, fits: list[Any], refused: list[Any]
) -> None:
    declare("metal", kind, minimum=least, maximum=most)
    for value in fits:
        assert "metal" in fields.clean("customer", {"metal": value})
    for value in refused:
        with pytest.raises(fields.InvalidField) as refusal:
            fields.clean("customer", {"metal": value})
        assert refusal.value.key == "metal"


def test_what_is_not_said_is_what_the_field_begins_with() -> None:
    declare("metal", "choice", options=["gold", "tin"], default="tin", required=True)
    assert fields.clean("customer", {}) == {"metal": "tin"}
    assert fields.clean("customer", {"metal": "gold"}) == {"metal": "gold"}
    assert fields.clean("customer", {}, partial=True) == {}
    with pytest.raises(fields.InvalidField):
        fields.clean("customer", {"metal": None})
