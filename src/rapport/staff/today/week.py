"""How the week goes: promises kept, satisfaction, feedback answered, each with n, interval or target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from rapport.feedback.models import Answer
from rapport.feedback.permissions import VIEW as FEEDBACK
from rapport.insight.models import Target
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.promises.permissions import VIEW as PROMISES
from rapport.promises.queries import kept_in
from rapport.ui import formats

DAYS = 7
ENOUGH = 30
LATE_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure of the week: a share of 0 to 100 or None, said in words, with what has to be said beside it.

    What rests on few is greyed.
    """

    label: str
    value: str
    share: float | None
    note: str
    tone: str = ""


def bars(actor: Actor, zone: str) -> list[Bar]:
    """Return the figures of the last seven days, today included, that this reader may see."""
    today = clock.today(zone)
    period = clock.Period.of_days(today - timedelta(days=DAYS - 1), today, zone)
    targets = dict(Target.objects.values_list("metric", "value"))
    found = []
    if actor.may(PROMISES):
        found.append(promises_kept(actor, clock.Period(period.start, min(period.end, clock.now())), targets))
    if actor.may(FEEDBACK):
        found += [satisfaction(actor, period, targets), answered(actor, period, targets)]
    return found


def promises_kept(actor: Actor, period: clock.Period, targets: dict[str, float]) -> Bar:
    """Return the share of the promises due in `period` that were kept."""
    kept = kept_in(period, actor)
    return _bar(_("Promises kept"), kept.kept, kept.due, targets.get("kept_promises"), _("none fell due"))


def satisfaction(actor: Actor, period: clock.Period, targets: dict[str, float]) -> Bar:
    """Return the share of satisfaction answers in the top two boxes; reviews stand in where none was asked."""
    rows = _given(actor, period).filter(score__isnull=False)
    happy = Q(score__gte=F("scale_high") - 1)
    counts = rows.aggregate(
        asked=Count("pk", filter=Q(kind="csat")),
        happy=Count("pk", filter=Q(kind="csat") & happy),
        reviews=Count("pk", filter=Q(kind="review", scale_low=1, scale_high=5)),
        good=Count("pk", filter=Q(kind="review", scale_low=1, scale_high=5) & happy),
    )
    hits, n = (counts["happy"], counts["asked"]) if counts["asked"] else (counts["good"], counts["reviews"])
    return _bar(_("Satisfaction (CSAT)"), hits, n, targets.get("csat"), _("nobody answered"))


def answered(actor: Actor, period: clock.Period, targets: dict[str, float]) -> Bar:
    """Return the share of the feedback of the week that somebody replied to."""
    late = clock.now() - LATE_AFTER
    counts = _given(actor, period).aggregate(
        n=Count("pk"),
        replied=Count("pk", filter=Q(replied_at__isnull=False)),
        old=Count("pk", filter=Q(replied_at__isnull=True, answered_at__lt=late)),
    )
    bar = _bar(
        _("Feedback answered"), counts["replied"], counts["n"], targets.get("feedback_answered"), _("none came in")
    )
    if not counts["old"]:
        return bar
    note = _("%(n)s open for over 2 days") % {"n": formats.number(counts["old"])}
    return Bar(bar.label, bar.value, bar.share, note, "warn")


def _given(actor: Actor, period: clock.Period):  # type: ignore[no-untyped-def]
    return Answer.objects.visible_to(actor).filter(answered_at__gte=period.start, answered_at__lt=period.end)


def _bar(label: str, hits: int, n: int, target: float | None, nothing: str) -> Bar:
    from rapport.insight.maths.intervals import wilson

    interval = wilson(hits, n)
    if interval is None:
        return Bar(label, formats.MISSING, None, nothing, "neutral")
    share = hits / n
    parts = [_("n %(n)s") % {"n": formats.number(n)}]
    if n < 400:
        low, high = formats.percent(interval.low, 0), formats.percent(interval.high, 0)
        parts.insert(0, _("%(low)s to %(high)s") % {"low": low, "high": high})
    if target is not None:
        parts.insert(0, _("target %(share)s") % {"share": formats.percent(target / 100, 0)})
    missed = target is not None and share * 100 < target
    tone = "neutral" if n < ENOUGH else "warn" if missed else ""
    return Bar(label, formats.percent(share), share * 100, " · ".join(parts), tone)
