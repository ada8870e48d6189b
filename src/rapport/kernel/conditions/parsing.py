"""The text form read: `country = "France" and (orders.count >= 2 or not did commerce.order_placed within 365 days)`.

condition = all ("or" all)*                       all  = part ("and" part)*
part      = "not" part | "(" condition ")" | "everything" | did | has | field operator value
did       = "did" event [how many] ["within" period] ["where" "(" field operator value ("and" …)* ")"]
has       = relation "has" [how many] ["(" condition ")"]
how many  = (">=" | "=" | …) number ["times"] | "at least" | "at most" | "exactly" number ["times"]
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from django.utils.translation import gettext as _
from pydantic import ValidationError

from rapport.kernel.conditions import literals
from rapport.kernel.conditions.errors import ConditionError, NotUnderstood, TooLarge
from rapport.kernel.conditions.lexing import tokens
from rapport.kernel.conditions.literals import STARTS, Words
from rapport.kernel.conditions.tree import (
    EVERYTHING,
    MAX_NESTING,
    ONCE,
    All,
    AnyOf,
    Did,
    Has,
    Is,
    Node,
    Not,
    Op,
    Times,
    limit,
)
from rapport.kernel.conditions.values import MAX_LIST, Period, Span

_SIGNS = {"=": Op.EQ, "<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE}
_WORDS = {"on": Op.EQ, "before": Op.LT, "after": Op.GT}


class Parser:
    """Reads one condition and remembers where each leaf stood."""

    def __init__(self, text: str, zone: str) -> None:
        self.words = Words(tokens(text), zone)
        self.places: list[tuple[Node, int]] = []
        self.nesting = 0

    def whole(self) -> Node:
        """Read all of the text; nothing at all is the condition that holds for everything."""
        if self.words.next.sort == "end":
            return EVERYTHING
        tree = self._either()
        if self.words.next.sort != "end":
            raise self.words.wrong(_("“and” or “or” is missing"))
        limit(tree)
        return tree

    def _either(self) -> Node:
        parts = [self._both()]
        while self.words.took("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(of=tuple(parts))

    def _both(self) -> Node:
        parts = [self._part()]
        while self.words.took("and"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else All(of=tuple(parts))

    def _part(self) -> Node:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise TooLarge(_("This condition nests too deep."), self.words.next.at)
        tree = self._nested()
        self.nesting -= 1
        return tree

    def _nested(self) -> Node:
        if self.words.took("not"):
            return Not(of=self._part())
        if self.words.took("("):
            tree = self._either()
            self.words.need(")")
            return tree
        if self.words.took("everything"):
            return EVERYTHING
        at = self.words.next.at
        tree = self._did() if self.words.took("did") else self._field()
        self.places.append((tree.of if isinstance(tree, Not) else tree, at))
        return tree

    def _did(self) -> Node:
        event = self._path()
        times = self._times()
        within: Period | None = None
        if self.words.took("within"):
            within = literals.period(self.words)
        elif self.words.took("between"):
            start = literals.moment(self.words)
            self.words.need("and")
            within = Span(start=start, end=literals.moment(self.words))
        where: list[Is] = []
        if self.words.took("where"):
            self.words.need("(")
            where.append(self._plain_leaf())
            while self.words.took("and"):
                where.append(self._plain_leaf())
            self.words.need(")")
        return Did(event=event, times=times or ONCE, within=within, where=tuple(where))

    def _plain_leaf(self) -> Is:
        at = self.words.next.at
        leaf = self._field()
        if not isinstance(leaf, Is):
            raise NotUnderstood(_("Only plain comparisons of the event's data can stand here."), at)
        self.places.append((leaf, at))
        return leaf

    def _path(self) -> str:
        token = self.words.next
        if not token.word or token.word in STARTS:
            raise self.words.wrong(_("The name of a field is missing"))
        self.words.take()
        return token.text

    def _times(self) -> Times | None:
        op: Op | None = None
        if self.words.took("at", "least"):
            op = Op.GE
        elif self.words.took("at", "most"):
            op = Op.LE
        elif self.words.took("exactly"):
            op = Op.EQ
        elif self.words.next.sort == "sign" and self.words.next.text in _SIGNS:
            op = _SIGNS[self.words.take().text]
        if op is None:
            return None
        count = literals.whole(self.words)
        if not self.words.took("times"):
            self.words.took("time")
        return Times(op=cast("Any", op.value), n=count)

    def _field(self) -> Node:
        at = self.words.next.at
        path = self._path()
        try:
            return self._compared(path)
        except ValidationError as error:
            raise NotUnderstood(_("“%(text)s” is not a comparison.") % {"text": path}, at) from error

    def _compared(self, path: str) -> Node:
        if self.words.took("has"):
            return self._has(path)
        negated = self.words.took("is", "not") or self.words.took("!=") or self.words.took("<>")
        if negated:
            return Not(of=self._equal_or_empty(path))
        if self.words.took("is"):
            return self._equal_or_empty(path)
        negated = self.words.took("not")
        leaf = self._operator(path)
        return Not(of=leaf) if negated else leaf

    def _equal_or_empty(self, path: str) -> Is:
        if self.words.took("empty"):
            return Is(field=path, op=Op.EMPTY)
        return Is(field=path, op=Op.EQ, value=literals.single(self.words))

    def _operator(self, path: str) -> Is:
        words = self.words
        if words.took("between"):
            low = literals.single(words)
            words.need("and")
            return Is(field=path, op=Op.BETWEEN, value=(low, literals.single(words)))
        if words.took("in"):
            return Is(field=path, op=Op.IN, value=self._list())
        if words.took("within"):
            return Is(field=path, op=Op.WITHIN, value=literals.period(words))
        if words.took("anniversary", "within"):
            return Is(field=path, op=Op.ANNIVERSARY, value=literals.period(words))
        if words.took("empty"):
            return Is(field=path, op=Op.EMPTY)
        return Is(field=path, op=self._sign(), value=literals.single(words))

    def _sign(self) -> Op:
        token = self.words.next
        found = _SIGNS.get(token.text) if token.sort == "sign" else _WORDS.get(token.word)
        if found is not None:
            self.words.take()
            return found
        if self.words.took("contains"):
            return Op.CONTAINS
        if self.words.took("starts", "with"):
            return Op.STARTS
        if self.words.took("ends", "with"):
            return Op.ENDS
        raise self.words.wrong(_("An operator, such as =, contains or within, is missing"))

    def _has(self, path: str) -> Node:
        if self.words.took("any"):
            return Is(field=path, op=Op.HAS_ANY, value=self._list())
        if self.words.took("all"):
            return Is(field=path, op=Op.HAS_ALL, value=self._list())
        times = self._times()
        where: Node | None = None
        if self.words.took("("):
            where = self._either()
            self.words.need(")")
        elif times is None:
            raise self.words.wrong(_("“any”, “all”, a number or a condition in brackets is missing"))
        return Has(relation=path, times=times or ONCE, where=where)

    def _list(self) -> tuple[Any, ...]:
        self.words.need("(")
        found = [literals.single(self.words)]
        while self.words.took(","):
            if len(found) >= MAX_LIST:
                raise TooLarge(_("A list may have %(most)d entries.") % {"most": MAX_LIST}, self.words.next.at)
            found.append(literals.single(self.words))
        self.words.need(")")
        return tuple(found)


def parse(text: str, *, zone: str = "UTC") -> Node:
    """Return the tree of a condition in its text form; moments without an offset are in `zone`.

    Raises the `ConditionError` that says what is wrong and where.
    """
    return parse_with_places(text, zone)[0]


@lru_cache(maxsize=512)
def parse_with_places(text: str, zone: str) -> tuple[Node, list[tuple[Node, int]]]:
    """Return the tree, and where each of its leaves stands in the text; neither may be changed."""
    parser = Parser(text, zone)
    try:
        return parser.whole(), parser.places
    except ValidationError as error:
        raise NotUnderstood(_("This is not a condition."), parser.words.next.at) from error
    except ConditionError as error:
        raise error.placed(parser.words.next.at) from error
