"""What goes along when a customer is merged into another: every place that says whose a row is.

A domain names its places in its `reactions.py`: `follow(Order, "customer")`. What cannot be there twice (a watcher of
one ticket, a colleague in one company) is read from the constraints of the table, so that a line is all it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, UniqueConstraint


@dataclass(frozen=True)
class Following:
    """A column of customers whose rows go to the survivor."""

    model: type[Model]
    field: str

    @property
    def place(self) -> str:
        """The name of the column: commerce.order.customer."""
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def table(self) -> str:
        """The table in the database."""
        name: str = self.model._meta.db_table
        return name

    @property
    def column(self) -> str:
        """The column in the database."""
        found: Any = self.model._meta.get_field(self.field)
        return str(found.column)

    @property
    def rows(self) -> Any:
        """All rows of the table."""
        return self.model._base_manager.all()

    @property
    def alone(self) -> bool:
        """Whether there is something of which one customer has one row."""
        return bool(self._once)

    @cached_property
    def _once(self) -> list[tuple[tuple[str, ...], Q]]:
        """What of which one customer has one row: the other fields, and for which rows that holds."""
        found: Any = self.model._meta.get_field(self.field)
        alone = [((), Q())] if found.unique else []
        return alone + [
            (tuple(name for name in one.fields if name != self.field), one.condition or Q())
            for one in self.model._meta.constraints
            if isinstance(one, UniqueConstraint) and self.field in one.fields
        ]

    def clashing(self, holder: UUID) -> Q:
        """Return the condition on rows of whose like `holder` has one already."""
        found = Q(pk__in=())
        for others, condition in self._once:
            like = self.rows.filter(condition, **{self.field: holder}, **{name: OuterRef(name) for name in others})
            found |= condition & Q(Exists(like))
        return found


FOLLOWING: dict[str, Following] = {}
STAYING: dict[str, str] = {}


def follow(model: type[Model], *fields: str) -> None:
    """Let the rows of `model` go to the survivor when the customer in one of `fields` is merged, and back again."""
    for name in fields:
        made = Following(model, name)
        FOLLOWING[made.place] = made


def stay(model: type[Model], *fields: str, because: str) -> None:
    """Let the rows of `model` stay with who was merged, `because` something else sees to it."""
    for name in fields:
        STAYING[Following(model, name).place] = because
