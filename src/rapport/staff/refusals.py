"""Verbs refuse by named errors; a form shows each at the field that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.forms import BaseForm

Fields = Mapping[type[Exception], str | None]


@contextmanager
def told_by(form: BaseForm, refusals: Fields) -> Iterator[None]:
    """Run the block; one of `refusals` raised in it becomes an error of the field it names (None: of the form).

    The form is not valid afterwards. The words are those of the error itself.
    """
    try:
        yield
    except tuple(refusals) as refusal:
        field = next(name for kind, name in refusals.items() if isinstance(refusal, kind))
        words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
        for line in words:
            form.add_error(field if field in form.fields else None, line)
