from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.feedback.permissions import VIEW
from rapport.feedback.scales import SCALES, Scale
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Survey(Noun):
    """What customers are asked after a ticket was solved: surveys are asked in order of `position`, the first fits.

    `condition` says after which tickets (None: after all), `channels` after talk on which channels (empty: any).
    `words` holds, by language, what the firm says in place of the usual words: subject, question, thanks, and the
    reasons to choose from after a `low` or a `high` score. Scores up to `poor` start the follow-up.
    """

    VIEW: ClassVar[Right] = VIEW

    class Look(models.TextChoices):
        CSAT5 = "csat5", _("Satisfaction (CSAT), 1 to 5")
        STARS = "stars", _("Satisfaction (CSAT), five stars")
        THUMBS = "thumbs", _("Satisfaction (CSAT), thumbs up or down")
        CES2 = "ces2", _("Effort (CES 2.0), 1 to 7, high is good")
        NPS = "nps", _("Recommendation (NPS), 0 to 10")

    class FollowUp(models.TextChoices):
        NONE = "none", _("Nothing")
        NOTE = "note", _("A note in the ticket, which goes to somebody with a promise to answer")
        TICKET = "ticket", _("A ticket that follows it, for somebody with a promise to answer")

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveIntegerField(default=0)
    scale = models.CharField(_("what is asked"), max_length=8, choices=Look, default=Look.CSAT5)
    condition: models.JSONField[Any, Any] = models.JSONField(null=True)
    channels = ArrayField(models.CharField(max_length=8), verbose_name=_("after talk by"), default=list, blank=True)
    words: models.JSONField[dict[str, dict[str, Any]], Any] = models.JSONField(default=dict, blank=True)
    delay_hours = models.PositiveSmallIntegerField(_("hours after solving"), default=1)
    rest_days = models.PositiveSmallIntegerField(_("days between two surveys of one customer"), default=14)
    remind_days = models.PositiveSmallIntegerField(_("reminder after days"), default=0)
    open_days = models.PositiveSmallIntegerField(_("days in which it can be answered"), default=14)
    reopening_ends = models.BooleanField(_("opening the ticket again makes the question invalid"), default=True)
    poor = models.SmallIntegerField(_("a low score is at most"), default=2)
    follow_up = models.CharField(_("after a low score"), max_length=6, choices=FollowUp, default=FollowUp.NOTE)
    lead = models.ForeignKey(
        "team.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("goes to")
    )
    answer_hours = models.PositiveSmallIntegerField(_("answer within hours"), default=24)
    paused_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.CheckConstraint(condition=Q(open_days__gte=1), name="survey_open_for_a_day")]

    def __str__(self) -> str:
        return self.name

    @property
    def asks(self) -> Scale:
        """The scale on which it asks."""
        return SCALES[self.scale]
