from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError

from rapport.staff.refusals import told_by


class Small(forms.Form):
    name = forms.CharField()


def filled() -> Small:
    form = Small({"name": "Ana"})
    assert form.is_valid()
    return form


def test_a_refusal_is_told_at_the_field_it_is_about() -> None:
    form = filled()
    with told_by(form, {KeyError: None, ValueError: "name"}):
        raise ValueError("taken")
    assert dict(form.errors) == {"name": ["taken"]}


def test_a_refusal_about_no_field_is_told_by_the_form() -> None:
    for field in (None, "not there"):
        form = filled()
        with told_by(form, {ValueError: field}):
            raise ValueError("too late")
        assert form.non_field_errors() == ["too late"]


def test_every_line_of_a_validation_is_told() -> None:
    form = filled()
    with told_by(form, {ValidationError: "name"}):
        raise ValidationError(["too short", "too common"])
    assert form.errors["name"] == ["too short", "too common"]


def test_what_was_not_named_goes_on() -> None:
    form = filled()
    with pytest.raises(RuntimeError), told_by(form, {ValueError: "name"}):
        raise RuntimeError
    assert form.is_valid()
