"""Verbs refuse by named errors; a form shows each at the field that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from django.core.exceptions import ValidationError
from django.forms import BaseForm

Fields = Mapping[type[Exception], str | None]


class told_by:  # noqa: N801 - reads as a word: with told_by(form, …)
    """A block in which each of `refusals` becomes an error of the field of `form` that it names (None: of the form).

    The form is not valid afterwards, and what follows the block runs. The words are those of the error itself.
    """

    def __init__(self, form: BaseForm, refusals: Fields) -> None:
        self.form, self.refusals = form, refusals

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(
        self, kind: type[BaseException] | None, refusal: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Tell what was refused; anything else goes on as it is."""
        known = [field for one, field in self.refusals.items() if isinstance(refusal, one)]
        if refusal is None or not known:
            return False
        words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
        for line in words:
            self.form.add_error(known[0] if known[0] in self.form.fields else None, line)
        return True
