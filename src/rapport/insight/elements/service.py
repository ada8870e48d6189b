"""Evidence of service: what customers waited for, how it ended, and what was said; seen from the day service is at."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr import types as ir

from rapport.insight.elements.sources import aged
from rapport.insight.metrics.opening import with_minutes
from rapport.insight.metrics.scope import Scope
from rapport.insight.metrics.solving import first_contacts, tickets_following
from rapport.insight.metrics.tickets import first_waits, later_waits, solutions, talk, tickets, told
from rapport.kernel import clock

DAY = 24 * 60
RECENT = 90
"""Days over which the worst wait is looked for."""
COLUMNS = ("id", "customer_id", "channel", "on", "aim", "open", "passed")


def waits(scope: Scope) -> ir.Table:
    """Everything a customer waited for: aim (first, next, solve), `over` the target how many times, channel, worst.

    The target is that of the service level, else for answers the days the firm set itself; without one `over` is
    empty. Somebody who still waits for a first answer is there once the target has passed.
    """
    now = scope.today
    found = [_aimed(first_waits(now), "first"), _aimed(later_waits(now), "next"), _aimed(solutions(now), "solve")]
    answered = _against(ibis.union(*found), now)
    waiting = _against(_aimed(_unanswered(now), "first"), now)
    rows = answered.union(waiting.filter(waiting.over > 1))
    rows = aged(rows, rows.on, now)
    recent = (rows.aim != "solve") & (rows.age <= RECENT)
    rows = rows.mutate(rank=recent.ifelse(rows.over, -1.0))
    own = ibis.window(group_by="customer_id", order_by=[rows["rank"].desc(), rows.id])
    return rows.mutate(worst=(ibis.row_number().over(own) == 0) & recent)


def _aimed(rows: ir.Table, aim: str) -> ir.Table:
    return rows.mutate(aim=ibis.literal(aim)).select(*COLUMNS)


def _against(rows: ir.Table, scope: Scope) -> ir.Table:
    """Add how many times its target each wait took: `over`."""
    clocks = scope.table("service_clock")
    targets = clocks.group_by(of="ticket_id", towards="aim").aggregate(target=clocks.minutes.min())
    joined = rows.left_join(targets, (rows.id == targets.of) & (rows.aim == targets.towards)).drop("of", "towards")
    own = (joined.aim == "solve").ifelse(ibis.null("float64"), scope.policy.reply_days * DAY)
    target = joined.target.cast("float64").fill_null(own)
    times = joined.open / ibis.greatest(target, 1.0)  # of a number and nothing, the greatest is the number
    return joined.mutate(over=target.isnull().ifelse(ibis.null("float64"), times)).drop("target")


def _unanswered(scope: Scope) -> ir.Table:
    """Return the tickets that wait for their first answer, as if it came at the end of the day."""
    rows = told(scope)
    rows = rows.filter(rows.first_response_at.isnull() & ~rows.over & (rows.category != "waiting"))
    end = min(clock.day_end(scope.as_of, scope.lake.zone), scope.lake.as_of)
    rows = rows.filter(rows.opened_at < end)
    moments = rows.select(
        "id", "customer_id", "channel", "policy_id", on=ibis.literal(scope.as_of), start=rows.opened_at,
        end=ibis.literal(end).cast("timestamp('UTC', 6)"),
    )  # fmt: skip
    return with_minutes(scope, moments, "unanswered")


def channel_speeds(scope: Scope) -> ir.Table:
    """First answers of customers who used several channels: `apart` is how many times the slowest takes the quickest's
    time, on average of each.
    """
    now = scope.today
    rows = first_waits(now)
    rows = aged(rows.select("customer_id", "channel", "passed", day_of=rows.on), rows.on, now)
    rows = rows.mutate(mean=ibis.greatest(rows.passed, 1.0).mean().over(group_by=["customer_id", "channel"]))
    own = ibis.window(group_by="customer_id")
    return rows.mutate(
        apart=rows["mean"].max().over(own) / rows["mean"].min().over(own),
        several=rows.channel.max().over(own) != rows.channel.min().over(own),
    )


def desk(scope: Scope) -> ir.Table:
    """The tickets of customers: answered, over, waited (days), voices (of ours), followed, cause (of a complaint)."""
    now = scope.today
    rows = told(now)
    said = talk(now)
    voices = said.filter(said.ours).group_by(spoken="ticket_id").aggregate(voices=said.author_id.nunique())
    later, causes = tickets_following(now), now.table("service_recovery").select("cause", complained="ticket_id")
    rows = rows.left_join(voices, rows.id == voices.spoken).left_join(later, rows.id == later.followed)
    rows = rows.left_join(causes, rows.id == causes.complained)
    rows = rows.select(
        "customer_id",
        "over",
        "opened_on",
        answered=rows.first_response_at.notnull(),
        voices=ibis.greatest(rows.voices.fill_null(1), 1),
        followed_up=rows.followed_at.notnull(),
        cause=rows.cause.fill_null(""),
    )
    found = aged(rows, rows.opened_on, now)
    return found.mutate(waited=found.age)


def endings(scope: Scope) -> ir.Table:
    """Tickets that were solved, on the day they first were: held (not opened again), ripe (a week ago), at_once."""
    now = scope.today
    rows, ripe = told(now), first_contacts(now)
    ripe = ripe.select("at_once", ripened="id")
    rows = rows.filter(rows.first_solved_on.notnull())
    joined = rows.left_join(ripe, rows.id == ripe.ripened)
    joined = joined.select(
        "customer_id", "first_solved_on", held=joined.reopened == 0, ripe=joined.ripened.notnull(),
        at_once=joined.at_once.fill_null(False),
    )  # fmt: skip
    return aged(joined, joined.first_solved_on, now)


def recoveries(scope: Scope) -> ir.Table:
    """Complaints of which it was told whether the customer came back: recovered."""
    now = scope.today
    rows = now.table("service_recovery")
    rows = rows.filter(rows.outcome.isin(("recovered", "lost")) & rows.judged_on.notnull())
    rows = rows.select("judged_on", recovered=rows.outcome == "recovered", of="ticket_id")
    return _of_tickets(rows, rows.judged_on, now)


def extras(scope: Scope) -> ir.Table:
    """What was done beyond the ordinary: amends made for a complaint, and things found that a customer asked for."""
    now = scope.today
    amends = now.table("service_amends")
    amends = amends.select("made_on", of="ticket_id")
    found = told(now)
    found = found.filter((found.type == "find") & found.over).select(made_on="solved_on", of="id")
    rows = amends.union(found)
    return _of_tickets(rows, rows.made_on, now)


def letters(scope: Scope) -> ir.Table:
    """Messages that people of ours wrote to customers: words in a sentence, on average of each (`length`)."""
    now = scope.today
    said, threads = now.table("conversations_message"), now.table("conversations_thread")
    threads = threads.filter(threads.customer_id.notnull() & threads.deleted_at.isnull())
    threads = threads.select("customer_id", talk="id")
    said = said.filter(said.words.notnull() & said.sent_at.notnull())
    said = said.select("thread_id", "on", "words", length=said.words / ibis.greatest(said.sentences, 1))
    rows = said.inner_join(threads, said.thread_id == threads.talk)
    return aged(rows, rows.on, now)


def attempts(scope: Scope) -> ir.Table:
    """Those who began to write to us and were shown articles: helped, when one was the answer."""
    now = scope.today
    rows = now.table("knowledge_attempt")
    rows = rows.filter(rows.solved_at.notnull() | rows.sent_at.notnull())
    rows = rows.select("customer_id", "began_on", helped=rows.sent_at.isnull())
    return aged(rows, rows.began_on, now)


def _of_tickets(rows: ir.Table, day: Any, scope: Scope) -> ir.Table:
    """Give rows of tickets (`of`) the customer that asked, and their age."""
    whole = tickets(scope).select("customer_id", whose="id")
    joined = rows.mutate(on=day).inner_join(whole, rows.of == whole.whose)
    return aged(joined, joined.on, scope)
