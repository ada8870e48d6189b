"""Next best action: what to do for a customer, why, from which evidence, and what it should move.

The rules are data: each holds a condition in the text form, so that the firm can read it, and the same rules serve one
customer and all of them. Reactive: something went wrong or waits. Proactive: something is about to. Strategic: worth
doing because of what the relationship is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer
from rapport.insight.permissions import VIEW
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import Ctx, Node, read, to_q
from rapport.team.queries import context_for

Way = Literal["reactive", "proactive", "strategic"]
Text = str | Promise


@dataclass(frozen=True, slots=True)
class ActionRule:
    """A rule: when it holds, what to do, why, and which element or metric it should move.

    when: a condition on customers; urgency: the higher, the sooner; moves: "trust" or a metric's name.
    """

    name: str
    way: Way
    when: str
    do: Text
    why: Text
    moves: tuple[str, ...]
    urgency: int


RULES: tuple[ActionRule, ...] = (
    ActionRule(
        "overdue_promise",
        "reactive",
        "promises has (outcome is empty and late_from <= now)",
        _("Keep the overdue promise, or say when"),
        _("A promise to them is overdue."),
        ("trust", "kept_promises"),
        100,
    ),
    ActionRule(
        "unanswered_complaint",
        "reactive",
        "answers has (((highest = 5 and score <= 2) or (highest = 7 and score <= 3) or (highest = 10 and score <= 6)) "
        "and replied is empty and closed is empty and answered within last 90 days)",
        _("Answer their complaint"),
        _("They gave a low score lately and nobody has answered."),
        ("responsiveness", "helpfulness", "csat"),
        90,
    ),
    ActionRule(
        "slipping",
        "proactive",
        "score.at_risk > 0",
        _("Get in touch before they are gone"),
        _("They are overdue by their own habit of buying."),
        ("loyalty", "retention"),
        70,
    ),
    ActionRule(
        "falling",
        "proactive",
        "score.trend < -10",
        _("Ask how we are doing"),
        _("The relationship index fell by more than 10 points in 90 days."),
        ("communication", "nps"),
        60,
    ),
    ActionRule(
        "promise_due",
        "proactive",
        "promises has (outcome is empty and due within next 2 days)",
        _("Make sure of the promise that falls due"),
        _("A promise to them falls due within two days."),
        ("trust", "kept_promises"),
        55,
    ),
    ActionRule(
        "second_order",
        "proactive",
        "score.stage = onboarding",
        _("Help them with what they bought"),
        _("They bought for the first time; a good start brings the second order."),
        ("understanding", "early_repeat_rate"),
        40,
    ),
    ActionRule(
        "advocate",
        "strategic",
        "score.stage = advocacy and score.index >= 70",
        _("Ask them to recommend us, or for a story"),
        _("They recommend us and the relationship is strong."),
        ("advocacy", "nps"),
        30,
    ),
    ActionRule(
        "unknown_valuable",
        "strategic",
        "score.profitability >= 80 and score.understanding < 50",
        _("Get to know them better"),
        _("They bring much, and we know little about them."),
        ("understanding", "cltv"),
        25,
    ),
    ActionRule(
        "lapsed_valuable",
        "strategic",
        "score.stage = lapsed and score.profitability >= 60",
        _("Win them back"),
        _("They brought much and have not bought for three times their usual interval."),
        ("loyalty", "reactivated"),
        20,
    ),
)


@dataclass(frozen=True, slots=True)
class Action:
    """An action for a customer, in words."""

    rule: str
    way: Way
    do: str
    why: str
    moves: tuple[str, ...]
    urgency: int
    condition: str


def for_customer(customer: Customer, actor: Actor) -> list[Action]:
    """Return what to do for a customer, the most urgent first. Raises `Forbidden` without the right to see insight."""
    actor.require(VIEW)
    ctx = context_for(actor)
    rules = list(_usable())
    here = Customer.objects.filter(pk=OuterRef("pk"))
    asked = {rule.name: Exists(here.filter(to_q(tree, "customer", ctx))) for rule, tree in rules}
    answers = Customer.objects.filter(pk=customer.pk).values_list(*asked.values()).get()
    return [_action(rule) for (rule, _tree), holds in zip(rules, answers, strict=True) if holds]


def for_firm(actor: Actor, limit: int = 20) -> list[tuple[Customer, Action]]:
    """Return the most urgent actions over all customers within reach, one per customer, the most valuable first."""
    actor.require(VIEW)
    ctx = context_for(actor)
    found: list[tuple[Customer, Action]] = []
    seen: set[UUID] = set()
    for rule, tree in _usable():
        if len(found) >= limit:
            break
        rows = _first(actor, tree, ctx).exclude(pk__in=seen)
        for customer in rows[: limit - len(found)]:
            seen.add(customer.pk)
            found.append((customer, _action(rule)))
    return found


def _first(actor: Actor, tree: Node, ctx: Ctx) -> QuerySet[Customer]:
    rows: QuerySet[Customer] = Customer.objects.visible_to(actor).live()
    rows = rows.filter(to_q(tree, "customer", ctx)).select_related("score")
    risk, value = F("score__at_risk_minor"), F("score__cltv_minor")
    return rows.order_by(risk.desc(nulls_last=True), value.desc(nulls_last=True), "pk")


def _action(rule: ActionRule) -> Action:
    return Action(rule.name, rule.way, str(rule.do), str(rule.why), rule.moves, rule.urgency, rule.when)


def _usable() -> Iterator[tuple[ActionRule, Node]]:
    yield from sorted(_read(RULES), key=lambda pair: -pair[0].urgency)


@lru_cache(maxsize=4)
def _read(rules: tuple[ActionRule, ...]) -> list[tuple[ActionRule, Node]]:
    return [(rule, read(rule.when, "customer")) for rule in rules]
