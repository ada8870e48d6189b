"""What is said in the week, read from the files in `data/week`: one script for each conversation."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "week"
STORIES = ("complaints", "orders", "choices", "trade", "praise", "abroad", "open")
SHORT = ("parcels", "goods", "accounts")


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happens: what, the words of it, and how many minutes after the one before.

    Minutes of the staff are those while the shop is open.
    """

    do: str
    words: tuple[Any, ...]
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation from beginning to end. `like` is a word of the product that it is about, `when` early or late."""

    subject: str
    text: str
    channel: str = "email"
    country: str = "GB"
    like: str = ""
    box: str = "help"
    type: str = "question"
    priority: str = "normal"
    when: str = ""
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    again: bool = False
    turns: tuple[Turn, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@cache
def read(name: str) -> dict[str, Any]:
    """Return what stands in one of the files."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def scripts() -> list[Script]:
    """Return all conversations of the week, always in the same order."""
    return [*_stories(), *_short()]


def _stories() -> Iterator[Script]:
    for name in STORIES:
        for found in read(name)["story"]:
            yield _script(found, found.get("turns", ()))


def _short() -> Iterator[Script]:
    """Yield the common questions: everybody asks in words of their own, and answers come round in turn."""
    for name in SHORT:
        for topic in read(name)["topic"]:
            rounds = topic["rounds"]
            for number, asked in enumerate(topic["asks"]):
                subject, text, *more = asked
                changed = more[0] if more else {}
                turns = rounds[number % len(rounds)]
                yield _script({**topic, "subject": subject, "text": text, **changed}, changed.get("turns", turns))


def _script(found: Mapping[str, Any], turns: Any) -> Script:
    plain = {key: found[key] for key in Script.__dataclass_fields__.keys() & found.keys() - {"turns", "tags", "files"}}
    return Script(
        **plain,
        tags=tuple(found.get("tags", ())),
        files=tuple(found.get("files", ())),
        turns=tuple(_turn(one) for one in turns),
    )


def _turn(written: list[Any]) -> Turn:
    """Read a turn: `["us", "text"]`, with `{after = 30}` at its end where the usual time is not meant."""
    do, *words = written
    after = None
    if words and isinstance(words[-1], dict) and "after" in words[-1]:
        after = words.pop()["after"]
    return Turn(do, tuple(words), after)
