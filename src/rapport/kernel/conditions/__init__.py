"""One language for every question of which rows: list filters, saved views, segments, policies, rules, reports.

A condition is a tree (`tree`), written as text or JSON, checked against a noun's registered fields (`check`) and
compiled for PostgreSQL (`to_q`), for one thing in memory (`matches`) and for the lake (`to_ibis`, which lives in
`conditions.lake` and is not imported here, because its engine takes memory).
"""

from rapport.kernel.conditions.catalogue import catalogue
from rapport.kernel.conditions.checking import check, read
from rapport.kernel.conditions.errors import ConditionError, TooSlow
from rapport.kernel.conditions.guard import limited
from rapport.kernel.conditions.memory import Verdict, explain, matcher, matches
from rapport.kernel.conditions.moments import Ctx
from rapport.kernel.conditions.parsing import parse
from rapport.kernel.conditions.registry import (
    Field,
    News,
    Relation,
    Root,
    Supplied,
    Type,
    register,
    root_named,
    supply_with,
)
from rapport.kernel.conditions.sentences import Chip, Reason, chips, reasons, sentence
from rapport.kernel.conditions.sql import to_q
from rapport.kernel.conditions.tree import All, AnyOf, Did, Has, Is, Node, Not, Op, Times, dump, every, load
from rapport.kernel.conditions.writing import text

__all__ = [
    "All",
    "AnyOf",
    "Chip",
    "ConditionError",
    "Ctx",
    "Did",
    "Field",
    "Has",
    "Is",
    "News",
    "Node",
    "Not",
    "Op",
    "Reason",
    "Relation",
    "Root",
    "Supplied",
    "Times",
    "TooSlow",
    "Type",
    "Verdict",
    "catalogue",
    "check",
    "chips",
    "dump",
    "every",
    "explain",
    "limited",
    "load",
    "matcher",
    "matches",
    "parse",
    "read",
    "reasons",
    "register",
    "root_named",
    "sentence",
    "supply_with",
    "text",
    "to_q",
]
