"""Adding a condition to a filter and changing one: pick what to ask, how to compare, and with what.

Every step is a GET form, so that the page works by itself and the address says where one is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rapport.kernel.conditions import All, ConditionError, Did, Node, Not, Times, check, text
from rapport.kernel.conditions.registry import Spot, reach
from rapport.kernel.conditions.values import Last
from rapport.staff.listing import inputs, operators
from rapport.staff.listing.asked import Asked, parsed
from rapport.staff.listing.operators import Operator
from rapport.staff.listing.picking import DID, label_of, picks

TIMES = (("ge", _("at least")), ("le", _("at most")), ("eq", _("exactly")))


class HappenedForm(forms.Form):
    """How often something happened, and since when."""

    did = forms.ChoiceField(label=_("It"), choices=(("did", _("happened")), ("not", _("did not happen"))))
    times = forms.ChoiceField(label=_("How often"), choices=TIMES, required=False)
    count = forms.IntegerField(label=_("Times"), min_value=1, max_value=10_000, initial=1)
    n = forms.IntegerField(
        label=_("In the last"), min_value=1, max_value=9999, required=False, help_text=_("Empty: ever.")
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=inputs.DAY_UNITS, required=False)


@dataclass(frozen=True, slots=True)
class Way:
    """One thing to pick, and the address of its form."""

    label: str
    url: str
    help: str


@dataclass(frozen=True)
class Editor:
    """Where one is in adding or changing a condition. Without `picked` it is the list to pick from."""

    asked: Asked
    place: int | None = None
    picked: str = ""
    label: str = ""
    operator: Operator | None = None
    offered: tuple[Operator, ...] = ()
    form: forms.Form | None = None
    typed: str | None = None
    error: str = ""

    def groups(self) -> list[tuple[str, list[Way]]]:
        """Return what there is to pick from, group by group."""
        listing = self.asked.listing
        found = picks(listing.root, self.asked.look.actor, listing.suggested)
        return [
            (group.label, [Way(one.label, self.step(field=one.key), one.help) for one in group.picks])
            for group in found
        ]

    @property
    def action(self) -> str:
        """The address that takes the form."""
        return self.asked.listing.at("filter")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form carries along: what the list shows, and which part is changed."""
        place = [] if self.place is None else [("part", str(self.place))]
        return [*self.asked.kept(), *place]

    @property
    def pick_url(self) -> str:
        """The address of the list to pick from."""
        return self.step(pick="1")

    @property
    def text_url(self) -> str:
        """The address where the part, or all of the filter, is written as text."""
        return self.step(write="1")

    def step(self, **more: str) -> str:
        """Return the address of another step."""
        query = urlencode([*self.kept, *more.items()])
        return f"{self.action}?{query}" if query else self.action


def editor(asked: Asked, query: QueryDict) -> Editor | str:
    """Return the editor that the address asks for, or the address of the list once a condition is complete."""
    place = _place(asked, query)
    picked = query.get("field", "")
    if "typed" in query:
        return _typed(asked, place, query.get("typed", ""))
    if "write" in query:
        return Editor(asked, place, typed=asked.filter if place is None else text(asked.parts[place]))
    if not picked and place is not None and "pick" not in query:
        return _opened(asked, place)
    if not picked:
        return Editor(asked, place)
    if picked.startswith(DID):
        return _happened(asked, place, picked, query)
    try:
        spot = reach(asked.listing.root, picked)
    except ConditionError as error:
        return Editor(asked, place, error=error.message)
    return _compared(asked, place, picked, spot, query)


def _place(asked: Asked, query: QueryDict) -> int | None:
    part = query.get("part", "")
    return int(part) if part.isdigit() and int(part) < len(asked.parts) else None


def _opened(asked: Asked, place: int) -> Editor:
    """Return the editor filled with a part of the filter; one that has no form is shown as text."""
    part = asked.parts[place]
    leaf = part.of if isinstance(part, Not) else part
    if isinstance(leaf, Did) and not leaf.where and (leaf.within is None or isinstance(leaf.within, Last)):
        return _filled(asked, place, f"{DID}{leaf.event}", HappenedForm(initial=_of_did(leaf, part)))
    known = operators.read(part, lambda path: reach(asked.listing.root, path))
    if known is None:
        return Editor(asked, place, typed=text(part))
    path, key, data = known
    spot = reach(asked.listing.root, path)
    operator = next(one for one in operators.operators_for(spot) if one.key == key)
    return _filled(asked, place, path, value_form(operator, spot)(initial=dict(data)), operator, spot)


def _filled(
    asked: Asked, place: int | None, picked: str, form: forms.Form, operator: Operator | None = None,
    spot: Spot | None = None,
) -> Editor:  # fmt: skip
    label = label_of(asked.listing.root, picked, asked.look.actor)
    offered = operators.operators_for(spot) if spot else ()
    return Editor(asked, place, picked, label, operator, offered, form)


def _compared(asked: Asked, place: int | None, picked: str, spot: Spot, query: QueryDict) -> Editor | str:
    offered = operators.operators_for(spot)
    operator = next((one for one in offered if one.key == query.get("op")), offered[0])
    shape = value_form(operator, spot)
    if "add" not in query:
        return _filled(asked, place, picked, shape(), operator, spot)
    form = shape(query)
    if form.is_valid():
        try:
            return _placed(asked, place, operator.leaf(picked, spot, form.cleaned_data))
        except ConditionError as error:
            form.add_error(next(iter(form.fields), None), error.message)
        except ValueError:
            form.add_error(next(iter(form.fields), None), _("This value does not fit."))
    return _filled(asked, place, picked, form, operator, spot)


def _happened(asked: Asked, place: int | None, picked: str, query: QueryDict) -> Editor | str:
    form = HappenedForm(query) if "add" in query else HappenedForm()
    if "add" in query and form.is_valid():
        try:
            return _placed(asked, place, did(picked.removeprefix(DID), form.cleaned_data))
        except ConditionError as error:
            form.add_error(None, error.message)
    return _filled(asked, place, picked, form)


def did(event: str, data: Mapping[str, Any]) -> Node:
    """Return the condition that an event happened so often in so many days, or did not."""
    within = Last(n=data["n"], unit=data["unit"] or "day") if data["n"] else None
    leaf = Did(event=event, times=Times(op=data["times"] or "ge", n=data["count"]), within=within)
    return Not(of=leaf) if data["did"] == "not" else leaf


def _of_did(leaf: Did, part: Node) -> dict[str, Any]:
    within = {"n": leaf.within.n, "unit": leaf.within.unit} if isinstance(leaf.within, Last) else {}
    answer = "not" if isinstance(part, Not) else "did"
    return {"did": answer, "times": leaf.times.op, "count": leaf.times.n, **within}


def _typed(asked: Asked, place: int | None, typed: str) -> Editor | str:
    """Return the address of the list with a part, or all of the filter, written as text."""
    try:
        tree = parsed(asked.listing, asked.look, typed)
    except ConditionError as error:
        return Editor(asked, place, typed=typed, error=error.message)
    return asked.with_tree(tree) if place is None else _placed(asked, place, tree)


def _placed(asked: Asked, place: int | None, leaf: Node) -> str:
    """Return the address of the list with `leaf` added to its filter, or in the place of a part."""
    leaf = check(leaf, asked.listing.root, asked.look.actor)
    parts = list(asked.parts)
    if place is None:
        parts.append(leaf)
    else:
        parts[place] = leaf
    tree = All(of=tuple(part for part in parts if part != All()))
    return asked.with_tree(check(tree, asked.listing.root, asked.look.actor))


def value_form(operator: Operator, spot: Spot) -> type[forms.Form]:
    """Return the form with the inputs of an operator."""
    return type("ValueForm", (forms.Form,), dict(operator.inputs(spot)))
