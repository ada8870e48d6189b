"""What can be wrong with a condition; every error says what and, for typed text, where."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.kernel.conditions.tree import Node


class ConditionError(ValueError):
    """A condition that can't be used.

    `message` is for people; `at` is the place in the text, from 0; `leaf` is the part of the tree it is about.
    """

    def __init__(self, message: str, at: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.leaf: Node | None = None

    def placed(self, at: int | None) -> ConditionError:
        """Return the error with the place in the text, unless it has one."""
        if self.at is None:
            self.at = at
        return self


class NotUnderstood(ConditionError):
    """The text or the JSON is not a condition."""


class UnknownRoot(ConditionError):
    """No noun of this name has conditions."""


class UnknownField(ConditionError):
    """The noun has no field or relation of this name."""


class UnknownEvent(ConditionError):
    """No event of this name is known, or the noun has no events."""


class WrongOperator(ConditionError):
    """The field's type has no such operator."""


class WrongValue(ConditionError):
    """The value does not fit the field and the operator."""


class FieldForbidden(ConditionError):
    """The actor lacks the right that the field asks for."""


class TooLarge(ConditionError):
    """The condition is deeper, longer or wider than a query may be."""


class TooSlow(ConditionError):
    """The database was stopped because it took too long."""
