"""The filter in words: one chip for each part of the condition."""

from __future__ import annotations

from rapport.kernel.conditions import All, Node, sentence
from rapport.staff.listing.asked import Asked
from rapport.ui.components.parts import Chip


def chips(asked: Asked, editor: str) -> list[Chip]:
    """Return the parts of the filter, each with the way to change it (`editor`: the page's address) and to drop it."""
    found = [
        Chip(said(asked, part), remove=asked.without_part(place), href=asked.url(editor, part=str(place)))
        for place, part in enumerate(asked.parts)
        if part != All()
    ]
    if asked.search:
        found.insert(0, Chip(f"“{asked.search}”", remove=asked.url(q="")))
    return found


def said(asked: Asked, part: Node) -> str:
    """Return a part of a condition as a sentence that begins with a capital."""
    words = sentence(part, asked.listing.root, asked.ctx)
    return words[:1].upper() + words[1:]
