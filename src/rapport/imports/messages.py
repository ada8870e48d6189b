"""What an import says of rows that cannot be merged, beside what reading says of cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from rapport.imports.reading import problems

MESSAGES: dict[str, str] = {
    **problems.MESSAGES,
    "key-twice": _("{value} stands in row {first} already."),
    "same-customer": _("This is the same customer as in row {first}."),
    "identity-taken": _("{value} belongs to another customer and is left out."),
    "order-unknown": _("There is no order {value}."),
    "placed-missing": _("The order {value} has no date."),
    "rate-missing": _("Orders in {detail} are counted one to one in our currency: no rate was given."),
    "unfit": "{why}",
    "no-part": _("The mapping has no place for this file; it was not read."),
    "missing-part": _("The mapping also knows a file that was not given."),
    "probable-duplicates": _("{detail} of the new customers may be here already, or twice in the file."),
    "probable-duplicates-of-many": _(
        "{detail} of the first 2,000 new customers may be here already, or twice among them."
    ),
    "kept": _("{detail} rows were changed since and stayed as they are."),
    "record-unknown": _("There is no record {value}."),
    "record-trashed": _("{value} is in the trash; restore it first."),
    "record-theirs": _("{value} is there, and not yours to change."),
    "owner-unknown": _("Nobody here is called {value}."),
    "customer-unknown": _("There is no customer {value}."),
    "customer-unclear": _("Several customers are called {value}; give their number or e-mail."),
    "link-unknown": _("There is no record {value} that this could lead to."),
    "link-unclear": _("Several records are called {value}; give their number."),
    "due-missing": _("The promise {value} has no day by which it is due."),
}


def message(code: str, params: Mapping[str, Any], value: str) -> str:
    """Return a problem in the reader's language."""
    return gettext(MESSAGES[code]).format_map(_Forgiving({"value": value, "detail": "", "line": "", **params}))


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
