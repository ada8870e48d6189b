"""The five roles that an installation starts with; administrators may change them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.actors import Reach
from rapport.kernel.permissions import RIGHTS

_AGENT = {
    "customers.view": Reach.ALL,
    "customers.change": Reach.TEAM,
    "timeline.view": Reach.ALL,
    "timeline.log": Reach.ALL,
    "promises.view": Reach.ALL,
    "promises.change": Reach.TEAM,
    "commerce.view": Reach.ALL,
    "commerce.change": Reach.TEAM,
    "conversations.view": Reach.ALL,
    "conversations.answer": Reach.ALL,
    "service.view": Reach.ALL,
    "service.change": Reach.TEAM,
    "customers.merge": Reach.TEAM,
    "service.merge": Reach.TEAM,
    "calls.view": Reach.ALL,
    "meetings.view": Reach.ALL,
    "meetings.plan": Reach.TEAM,
    "knowledge.view": Reach.ALL,
    "knowledge.write": Reach.ALL,
    "feedback.view": Reach.ALL,
    "feedback.change": Reach.TEAM,
    "marketing.view": Reach.ALL,
    "objects.view": Reach.ALL,
    "objects.change": Reach.TEAM,
    "insight.view": Reach.ALL,
    "team.view": Reach.ALL,
}
_MARKETER = {
    "customers.view": Reach.ALL,
    "customers.export": Reach.ALL,
    "customers.import": Reach.ALL,
    "timeline.view": Reach.ALL,
    "promises.view": Reach.ALL,
    "commerce.view": Reach.ALL,
    "service.view": Reach.ALL,
    "knowledge.view": Reach.ALL,
    "knowledge.write": Reach.ALL,
    "feedback.view": Reach.ALL,
    "marketing.view": Reach.ALL,
    "marketing.change": Reach.ALL,
    "objects.view": Reach.ALL,
    "insight.view": Reach.ALL,
    "team.view": Reach.ALL,
    "team.views_share": Reach.ALL,
}
_NOT_FOR_MANAGERS = {"team.manage", "team.settings"}


@dataclass(frozen=True, slots=True)
class Preset:
    """A role to start with."""

    key: str
    name: str | Promise
    grants: dict[str, Reach]


def presets() -> list[Preset]:
    """Return the roles to start with, over all rights that the installed domains registered."""
    everything = dict.fromkeys(RIGHTS, Reach.ALL)
    return [
        Preset("administrator", _("Administrator"), everything),
        Preset("manager", _("Manager"), {k: v for k, v in everything.items() if k not in _NOT_FOR_MANAGERS}),
        Preset("agent", _("Agent"), _AGENT),
        Preset("marketer", _("Marketer"), _MARKETER),
        Preset("reader", _("Reader"), {name: Reach.ALL for name in RIGHTS if name.endswith(".view")}),
    ]
