"""The components that show values: stat, bars, facts, tabs, chips, pager, steps, progress, breadcrumb."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.safestring import SafeString

from rapport.ui import formats
from rapport.ui.components.leaves import tone_of
from rapport.ui.components.render import render


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view or a part of a page: where it leads, how many are there, whether it is the one shown."""

    label: str
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words; `remove` is the address without it, `href` the one that edits or chooses it."""

    text: str
    remove: str = ""
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One of the nine elements of a relationship: 0 to 100, or None for unknown."""

    label: str
    value: float | None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is known; `href` links the value."""

    label: str
    value: object
    href: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way to this page."""

    label: str
    href: str = ""


def stat(
    label: str,
    value: str,
    *,
    change: formats.Number | None = None,
    good: str = "up",
    unit: str = "",
    note: str = "",
    href: str = "",
    definition: str = "",
    id: str = "",
    bare: bool = False,
) -> SafeString:
    """Return a figure: what it is, its value in words, its change, and a line with n, interval or target.

    `href` opens the rows behind it; `definition` (with `id`) is its explanation. A `value` of "" is unknown.
    """
    return render(
        "stat",
        label=label,
        value=value,
        change=change,
        good=good,
        unit=unit,
        note=note,
        href=href,
        definition=definition,
        id=id,
        bare=bare,
    )


def meter_block(label: str, value: str, share: float | None, *, note: str = "", tone: str = "") -> SafeString:
    """Return a labelled bar with its figure above and a line below; `share` is 0 to 100 or None."""
    return render("meter_block", label=label, value=value, share=share, note=note, tone=tone)


def elements(items: Iterable[Element]) -> SafeString:
    """Return the nine elements as bars; unknown ones stay grey and say so."""
    rows = [(item, "" if (tone := tone_of(item.value, 62, 45)) == "good" else tone) for item in items]
    return render("elements", rows=rows)


def facts(items: Iterable[Fact] | Mapping[str, object], *, columns: bool = False) -> SafeString:
    """Return names and values; `columns` aligns them in two columns."""
    rows = [Fact(*pair) for pair in items.items()] if isinstance(items, Mapping) else list(items)
    return render("facts", rows=rows, columns=columns)


def tabs(items: Sequence[Tab], label: str = "", add: str = "") -> SafeString:
    """Return saved views as tabs; `add` is the address that saves another one."""
    return render("tabs", tabs=items, label=label, add=add)


def chips(items: Sequence[Chip], label: str = "") -> SafeString:
    """Return chips to choose from or to remove."""
    return render("chips", chips=items, label=label)


def pager(
    first: int, last: int, total: int | None, *, before: str = "", after: str = "", label: str = ""
) -> SafeString:
    """Return where in a list we are and the way to the pages before and after ("" is none).

    `total` None means it was not counted; a second pager of a page needs a `label` of its own.
    """
    return render("pager", first=first, last=last, total=total, before=before, after=after, label=label)


def steps(labels: Sequence[str], at: int) -> SafeString:
    """Return the steps of a wizard; `at` counts from 1."""
    return render("steps", steps=[(label, place < at, place == at) for place, label in enumerate(labels, 1)])


def progress(
    label: str, done: float | None, total: float | None, *, note: str = "", left: timedelta | None = None
) -> SafeString:
    """Return how far long work has come; unknown `done` or `total` shows that it moves."""
    known = done is not None and total
    share = min(1.0, done / total) if known and done is not None and total else None
    return render("progress", label=label, done=done, total=total, share=share, note=note, left=left)


def breadcrumb(items: Sequence[Crumb]) -> SafeString:
    """Return the way to this page; the last one is here."""
    return render("breadcrumb", crumbs=items)


def skeleton(lines: int = 3, block: bool = False) -> SafeString:
    """Return grey lines that stand for content on its way."""
    return render("skeleton", lines=range(lines), block=block)


def toast(text: str, tone: str = "good", undo: str = "", csrf: str = "") -> SafeString:
    """Return a short message over the page, with Undo when there is an address that undoes."""
    icon = {"good": "check", "warn": "alert-triangle", "bad": "alert-circle"}.get(tone, "info-circle")
    return render("toast", text=text, tone=tone, undo=undo, csrf=csrf, icon=icon)
