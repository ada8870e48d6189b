"""A condition as a sentence, its parts as chips, and the reasons why a thing meets it or does not."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from rapport.kernel.conditions.happenings import happening
from rapport.kernel.conditions.memory import Verdict
from rapport.kernel.conditions.moments import Ctx
from rapport.kernel.conditions.registry import Field, Spot, Type, reach, relation_at, root_named
from rapport.kernel.conditions.tree import ONCE, All, AnyOf, Did, Has, Is, Node, Not, Op, Times, simplify
from rapport.kernel.conditions.wording import found, period, said
from rapport.kernel.conditions.writing import text

_SAID: dict[tuple[Op, bool], str] = {
    (Op.EQ, True): gettext_noop("%(field)s is %(value)s"),
    (Op.EQ, False): gettext_noop("%(field)s is not %(value)s"),
    (Op.LT, True): gettext_noop("%(field)s is less than %(value)s"),
    (Op.LT, False): gettext_noop("%(field)s is not less than %(value)s"),
    (Op.LE, True): gettext_noop("%(field)s is at most %(value)s"),
    (Op.LE, False): gettext_noop("%(field)s is not at most %(value)s"),
    (Op.GT, True): gettext_noop("%(field)s is more than %(value)s"),
    (Op.GT, False): gettext_noop("%(field)s is not more than %(value)s"),
    (Op.GE, True): gettext_noop("%(field)s is at least %(value)s"),
    (Op.GE, False): gettext_noop("%(field)s is not at least %(value)s"),
    (Op.BETWEEN, True): gettext_noop("%(field)s is between %(low)s and %(high)s"),
    (Op.BETWEEN, False): gettext_noop("%(field)s is not between %(low)s and %(high)s"),
    (Op.IN, True): gettext_noop("%(field)s is one of %(value)s"),
    (Op.IN, False): gettext_noop("%(field)s is none of %(value)s"),
    (Op.CONTAINS, True): gettext_noop("%(field)s contains %(value)s"),
    (Op.CONTAINS, False): gettext_noop("%(field)s does not contain %(value)s"),
    (Op.STARTS, True): gettext_noop("%(field)s starts with %(value)s"),
    (Op.STARTS, False): gettext_noop("%(field)s does not start with %(value)s"),
    (Op.ENDS, True): gettext_noop("%(field)s ends with %(value)s"),
    (Op.ENDS, False): gettext_noop("%(field)s does not end with %(value)s"),
    (Op.WITHIN, True): gettext_noop("%(field)s is %(value)s"),
    (Op.WITHIN, False): gettext_noop("%(field)s is not %(value)s"),
    (Op.ANNIVERSARY, True): gettext_noop("%(field)s has its anniversary %(value)s"),
    (Op.ANNIVERSARY, False): gettext_noop("%(field)s does not have its anniversary %(value)s"),
    (Op.HAS_ANY, True): gettext_noop("%(field)s has any of %(value)s"),
    (Op.HAS_ANY, False): gettext_noop("%(field)s has none of %(value)s"),
    (Op.HAS_ALL, True): gettext_noop("%(field)s has all of %(value)s"),
    (Op.HAS_ALL, False): gettext_noop("%(field)s does not have all of %(value)s"),
    (Op.EMPTY, True): gettext_noop("%(field)s is empty"),
    (Op.EMPTY, False): gettext_noop("%(field)s is not empty"),
}
_SAID_OF_DATES: dict[tuple[Op, bool], str] = {
    (Op.EQ, True): gettext_noop("%(field)s is on %(value)s"),
    (Op.EQ, False): gettext_noop("%(field)s is not on %(value)s"),
    (Op.LT, True): gettext_noop("%(field)s is before %(value)s"),
    (Op.LT, False): gettext_noop("%(field)s is not before %(value)s"),
    (Op.LE, True): gettext_noop("%(field)s is not after %(value)s"),
    (Op.LE, False): gettext_noop("%(field)s is missing or after %(value)s"),
    (Op.GT, True): gettext_noop("%(field)s is after %(value)s"),
    (Op.GT, False): gettext_noop("%(field)s is missing or not after %(value)s"),
    (Op.GE, True): gettext_noop("%(field)s is not before %(value)s"),
    (Op.GE, False): gettext_noop("%(field)s is missing or before %(value)s"),
}


_SAID_OF_COUNTS: dict[str, str] = {
    "eq": gettext_noop("%(things)s: exactly %(n)s"),
    "lt": gettext_noop("%(things)s: fewer than %(n)s"),
    "le": gettext_noop("%(things)s: at most %(n)s"),
    "gt": gettext_noop("%(things)s: more than %(n)s"),
    "ge": gettext_noop("%(things)s: at least %(n)s"),
    "between": gettext_noop("%(things)s: %(low)s to %(high)s"),
    "in": gettext_noop("%(things)s: %(n)s"),
}
NEVER = Times(op="eq", n=0)
_MOMENT = Field("at", "", Type.DATETIME)


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of a condition in words, and the text form of the condition without it."""

    sentence: str
    tree: Node
    without: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a condition in words, whether it holds, and what was found ("" for groups)."""

    sentence: str
    holds: bool
    found: str
    parts: tuple[Reason, ...]

    @property
    def contrary(self) -> Reason | None:
        """The single part that this says the contrary of, None for a group and for what asks by itself."""
        return self.parts[0] if len(self.parts) == 1 and not self.parts[0].parts else None


def sentence(tree: Node, root: str, ctx: Ctx) -> str:
    """Return the condition as a sentence without its full stop: "Country is France and Order placed in the last …"."""
    return _said(simplify(tree), root, ctx)


def chips(tree: Node, root: str, ctx: Ctx) -> list[Chip]:
    """Return one chip for each part that has to hold."""
    tree = simplify(tree)
    parts = tree.of if isinstance(tree, All) else (tree,)  # everything has no part
    return [
        Chip(_said(part, root, ctx), part, text(All(of=parts[:place] + parts[place + 1 :])))
        for place, part in enumerate(parts)
    ]


def reasons(verdict: Verdict, root: str, ctx: Ctx) -> Reason:
    """Return what `explain` found, in words."""
    parts = tuple(reasons(part, root, ctx) for part in verdict.parts)
    return Reason(_said(verdict.node, root, ctx), verdict.holds, _found(verdict, root, ctx), parts)


def label_of(spot: Spot) -> str:
    """Return how a field is called: "Company: Country"; what only extends the noun itself goes without its name."""
    hops = spot.hops[:-1] if spot.counts else spot.hops
    names = [str(hop.label) for hop in hops if hop.many or hop.here != "id"]
    if hops and hops[-1].means == spot.field.name:
        return ": ".join(names)  # the relation is called as the field is
    return ": ".join([*names, str(spot.field.label)])


def _said(tree: Node, root: str, ctx: Ctx) -> str:
    match tree:
        case All() if not tree.of:
            return _("everything")
        case All() | AnyOf():
            joint = _(" and ") if isinstance(tree, All) else _(" or ")
            return joint.join(_inside(part, root, ctx) for part in tree.of)
        case Not():
            return _negated(tree.of, root, ctx)
        case Is():
            return _leaf(tree, reach(root, tree.field), ctx)
        case Did():
            return _did(tree, root, ctx)
        case Has():
            return _has(tree, root, ctx)


def _inside(tree: Node, root: str, ctx: Ctx) -> str:
    words = _said(tree, root, ctx)
    return f"({words})" if isinstance(tree, All | AnyOf) else words


def _negated(tree: Node, root: str, ctx: Ctx) -> str:
    if isinstance(tree, Is):
        return _leaf(tree, reach(root, tree.field), ctx, holds=False)
    if isinstance(tree, Did) and tree.times == ONCE:
        return _did(tree.model_copy(update={"times": NEVER}), root, ctx)
    if isinstance(tree, Has) and tree.times == ONCE:
        return _has(tree.model_copy(update={"times": NEVER}), root, ctx)
    return _("not (%(what)s)") % {"what": _said(tree, root, ctx)}


def _count(leaf: Is, spot: Spot, ctx: Ctx, *, holds: bool) -> str:
    words = {"things": ": ".join(str(hop.label) for hop in spot.hops)}
    if leaf.op is Op.BETWEEN and isinstance(leaf.value, tuple):
        words["low"], words["high"] = (said(end, spot.field, ctx) for end in leaf.value)
    else:
        words["n"] = said(leaf.value, spot.field, ctx)
    what = _(_SAID_OF_COUNTS[leaf.op.value]) % words
    return what if holds else _("not (%(what)s)") % {"what": what}


def _leaf(leaf: Is, spot: Spot, ctx: Ctx, *, holds: bool = True) -> str:
    if spot.counts:
        return _count(leaf, spot, ctx, holds=holds)
    template = _SAID[leaf.op, holds]
    if spot.field.type in {Type.DATE, Type.DATETIME}:
        template = _SAID_OF_DATES.get((leaf.op, holds), template)
    words = {"field": label_of(spot)}
    if leaf.op is Op.BETWEEN and isinstance(leaf.value, tuple):
        words["low"], words["high"] = (said(end, spot.field, ctx) for end in leaf.value)
    elif leaf.op in {Op.WITHIN, Op.ANNIVERSARY}:
        words["value"] = period(leaf.value, ctx)
    elif leaf.op is not Op.EMPTY:
        words["value"] = said(leaf.value, spot.field, ctx)
    return _(template) % words


def _did(leaf: Did, root: str, ctx: Ctx) -> str:
    known = happening(leaf.event)
    words = [f"{known.label}{_times(leaf.times)}"]
    if leaf.within is not None:
        words.append(period(leaf.within, ctx))
    if leaf.where:
        noun = root_named(root)
        where = [_leaf(one, Spot((), noun, known.field(one.field)), ctx) for one in leaf.where]
        words.append(_("with %(what)s") % {"what": _(" and ").join(where)})
    return " ".join(words)


def _has(leaf: Has, root: str, ctx: Ctx) -> str:
    hop, noun = relation_at(root, leaf.relation)
    words = str(hop.label)
    if leaf.times == NEVER:
        words = _("%(things)s: none") % {"things": words}
    elif leaf.times != ONCE or leaf.where is None:
        words = _(_SAID_OF_COUNTS[leaf.times.op]) % {"things": words, "n": leaf.times.n}
    if leaf.where is None:
        return words
    return _("%(things)s with %(what)s") % {"things": words, "what": _inside(leaf.where, noun.name, ctx)}


def _times(times: Times) -> str:
    if times == ONCE:
        return ""
    if times == NEVER:
        return ": " + _("never")
    template = {
        "ge": ngettext("at least %(n)d time", "at least %(n)d times", times.n),
        "le": ngettext("at most %(n)d time", "at most %(n)d times", times.n),
        "gt": ngettext("more than %(n)d time", "more than %(n)d times", times.n),
        "lt": ngettext("less than %(n)d time", "less than %(n)d times", times.n),
        "eq": ngettext("exactly %(n)d time", "exactly %(n)d times", times.n),
    }[times.op]
    return " " + template % {"n": times.n}


def _found(verdict: Verdict, root: str, ctx: Ctx) -> str:
    leaf = verdict.node
    if isinstance(leaf, Has):
        return str(verdict.found[0])
    if isinstance(leaf, Did):
        count, *last = verdict.found
        if not last:
            return _("never")
        return ngettext("%(n)d time, on %(last)s", "%(n)d times, last on %(last)s", count) % {
            "n": count,
            "last": found(last[0], _MOMENT, ctx),
        }
    if not isinstance(leaf, Is):
        return ""
    field = reach(root, leaf.field).field
    return ", ".join(found(value, field, ctx) for value in verdict.found[:5]) or _("nothing")
