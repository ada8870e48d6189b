"""What customers are asked after service: surveys, asked in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from rapport.conversations.models import Thread
from rapport.feedback.events import SurveyChanged
from rapport.feedback.models import Survey
from rapport.feedback.scales import SCALES
from rapport.feedback.wording import CHOICES, LONGEST, LONGEST_REASON, MOST_REASONS, TEXTS
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import All, Node, check, dump
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.permissions import POLICIES
from rapport.service.services.assigning import check_can_work

LIMITS = {"delay_hours": (0, 720), "rest_days": (0, 365), "remind_days": (0, 60), "open_days": (1, 90),
          "answer_hours": (1, 720)}  # fmt: skip
PLAIN = frozenset({"name", "scale", "channels", "words", "poor", "reopening_ends", "follow_up", "lead", *LIMITS})


class NameTaken(ValueError):
    """There is a survey of this name already."""


class WrongSetting(ValueError):
    """A value of a survey is none that it can have; `field` names which."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@verb(POLICIES, publishes=(SurveyChanged,))
def add(name: str, scale: str, *, by: Actor, condition: Node | None = None, **values: Any) -> Survey:
    """Add a survey that is asked after the others, and return it; `values` are those of `PLAIN`.

    A low score is the usual one of the scale unless `poor` says otherwise. Raises `NameTaken`, `WrongSetting`,
    `assigning.CannotWork` for a lead, and the `ConditionError` of a condition that does not fit tickets.
    """
    last = Survey.objects.aggregate(last=Max("position"))["last"] or 0
    row = Survey(position=last + 1, created_at=clock.now())
    if scale in SCALES:
        values.setdefault("poor", SCALES[scale].poor)
    _fill(row, {"name": name, "scale": scale, **values}, condition)
    return _told(row, "added", by)


@verb(POLICIES, publishes=(SurveyChanged,))
def change(survey: Survey, *, by: Actor, condition: Node | None = None, **values: Any) -> Survey:
    """Give a survey these values and this condition (None: after all tickets). Raises as `add`."""
    row = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    _fill(row, values, condition)
    return _told(row, "changed", by)


@verb(POLICIES, publishes=(SurveyChanged,))
def pause(survey: Survey, *, by: Actor) -> Survey:
    """Ask nobody by a survey for now; what was sent can still be answered."""
    return _pause(survey, True, by)


@verb(POLICIES, publishes=(SurveyChanged,))
def resume(survey: Survey, *, by: Actor) -> Survey:
    """Ask by a survey again."""
    return _pause(survey, False, by)


@verb(POLICIES, publishes=(SurveyChanged,))
def remove(survey: Survey, *, by: Actor) -> None:
    """Remove a survey; the answers stay."""
    _told(survey, "removed", by)
    Survey.objects.filter(pk=survey.pk).delete()


@verb(POLICIES, publishes=(SurveyChanged,))
def ask_earlier(survey: Survey, *, by: Actor) -> None:
    """Ask by a survey before the one that comes before it; the first stays where it is."""
    rows = list(Survey.objects.select_for_update(of=("self",)).order_by("position", "pk"))
    place = next(n for n, row in enumerate(rows) if row.pk == survey.pk)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
        for position, row in enumerate(rows, start=1):
            Survey.objects.filter(pk=row.pk).update(position=position)
        _told(survey, "moved", by)


def _fill(row: Survey, values: Mapping[str, Any], condition: Node | None) -> None:
    if unknown := set(values) - PLAIN:
        raise TypeError(f"a survey has no {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(row, name, value)
    row.name = row.name.strip()[:80]
    _check(row)
    row.words = _clean(row.words)
    asks = None if condition is None or condition == All(of=()) else check(condition, "ticket")
    row.condition = None if asks is None else dump(asks)
    row.updated_at = clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NameTaken(_("There is a survey %(name)s already.") % {"name": row.name}) from error


def _check(row: Survey) -> None:
    if not row.name:
        raise WrongSetting("name", _("A survey needs a name."))
    if row.scale not in SCALES:
        raise WrongSetting("scale", _("There is no such scale."))
    if row.follow_up not in Survey.FollowUp.values:
        raise WrongSetting("follow_up", _("There is no such follow-up."))
    if set(row.channels) - set(Thread.Channel.values):
        raise WrongSetting("channels", _("There is no such channel."))
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(row, name) <= most:
            raise WrongSetting(name, _("Between %(least)s and %(most)s, please.") % {"least": least, "most": most})
    if not row.asks.low <= row.poor < row.asks.high:
        words = {"low": row.asks.low, "high": row.asks.high}
        raise WrongSetting("poor", _("A low score lies between %(low)s and below %(high)s.") % words)
    if row.remind_days >= row.open_days:
        raise WrongSetting("remind_days", _("The reminder comes before the survey closes."))
    if row.lead is not None:
        check_can_work(row.lead)


def _clean(words: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the firm's own words in the languages there are, without what is empty."""
    found: dict[str, dict[str, Any]] = {}
    for language, _label in settings.LANGUAGES:
        said = words.get(language, {})
        kept: dict[str, Any] = {name: str(said[name]).strip()[:LONGEST] for name in TEXTS if said.get(name)}
        for name in CHOICES:
            lines = [" ".join(str(one).split())[:LONGEST_REASON] for one in said.get(name) or ()]
            if chosen := list(dict.fromkeys(filter(None, lines)))[:MOST_REASONS]:
                kept[name] = chosen
        if kept:
            found[language] = kept
    return found


def _pause(survey: Survey, resting: bool, by: Actor) -> Survey:
    row = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if (row.paused_at is not None) == resting:
        return row
    row.paused_at = clock.now() if resting else None
    row.save(update_fields=["paused_at"])
    return _told(row, "paused" if resting else "resumed", by)


def _told(row: Survey, what: str, by: Actor) -> Survey:
    publish(SurveyChanged(name=row.name, what=what), by=by, subject=row)
    return row
