"""How reviews and answers to surveys are listed: what was said, by whom, how good it was, whether we answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.customers import searching
from rapport.customers.models import Customer
from rapport.customers.permissions import EXPORT
from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.feedback.models import Answer
from rapport.feedback.permissions import CHANGE, VIEW
from rapport.feedback.scales import goodness
from rapport.feedback.services import answers
from rapport.kernel.actors import Actor
from rapport.service.permissions import VIEW as TICKETS
from rapport.staff.addresses import address
from rapport.staff.listing.nouns import BulkVerb, Column, Empty, Listing, Look, Preset, Rows, Sort, listed
from rapport.ui import formats
from rapport.ui.components import leaves
from rapport.ui.navigation import at

NOTHING = leaves.EMPTY
MOST_CUSTOMERS = 2_000
LOW, MIDDLING = 0.4, 0.7
"""Where on its scale a score stands out as bad, and where it is not good yet: 1 and 2, 3, 4 and 5 of five stars."""
LOW_ONES = (
    '((kind = "review" or kind = "csat") and score <= 2 and highest >= 5) or (kind = "csat" and score <= 0)'
    ' or (kind = "ces" and score <= 3 and low_is_good = no) or (kind = "nps" and score <= 6)'
)


class ReplyForm(forms.Form):
    """What was answered to each of them."""

    text = forms.CharField(label=_("What do you answer?"), widget=forms.Textarea, max_length=10_000)


def rows(actor: Actor) -> Rows:
    """Return the feedback within reach that was given; what was asked and never answered is not in the list."""
    return Answer.objects.visible_to(actor).filter(answered_at__isnull=False)


def load(ids: Sequence[UUID], look: Look, keys: Collection[str]) -> list[Answer]:
    """Return the feedback of `ids` in that order, with who gave it, on which order, about which product."""
    mine = [one.attname for one in Answer._meta.concrete_fields]
    theirs = ("customer__name", "customer__number", "customer__kind", "order__number", "product__name", "product__sku",
              "ticket__number", "agent__name")  # fmt: skip
    found = Answer.objects.filter(pk__in=ids).select_related("customer", "order", "product", "ticket", "agent")
    by_id = found.only(*mine, *theirs).in_bulk()
    return [by_id[key] for key in ids if key in by_id]


def search(found: Rows, typed: str) -> Rows:
    """Return those of `found` given by the customers who fit what was typed."""
    query = searching.query(typed)
    if query is None:
        return found.none()
    keys = Customer.objects.filter(search=query).values_list("pk", flat=True)[:MOST_CUSTOMERS]
    return found.filter(customer_id__in=list(keys))


def score_pill(answer: Answer, look: Look | None = None) -> object:
    """Return the score out of the highest of its scale, in the tone of how good it is."""
    if answer.score is None:
        return NOTHING
    good = goodness(answer.kind, answer.scale_low, answer.scale_high, float(answer.score))
    tone = "bad" if good < LOW else "warn" if good < MIDDLING else "good"
    words = _said("%(score)s of %(high)s") % {"score": formats.number(answer.score), "high": answer.scale_high}
    return leaves.pill(words, tone)


def words(answer: Answer) -> str:
    """Return what was said, or which kind of feedback it is when nothing was."""
    return answer.title or answer.text or str(answer.get_kind_display())


def _href(answer: Answer) -> str:
    return address("staff:customer", answer.customer_id) if answer.customer_id else ""


def _reply(answer: Answer) -> str:
    return at("staff:customer_feedback", str(answer.customer_id), str(answer.pk)) if answer.customer_id else ""


def _what(answer: Answer, look: Look) -> object:
    spoken = answer.title or answer.text
    told = spoken or format_html('<span class="muted">{}</span>', _said("without words"))
    more = answer.text if answer.title else ""
    href = _reply(answer) if look.actor.may(CHANGE) else _href(answer)
    rest = format_html(' <span class="muted">{}</span>', more) if more else NOTHING
    body = format_html('<span class="clip clip-wide">{}{}</span>', told, rest)
    return format_html('<a href="{}" data-open>{}</a>', href, body) if href else body


def _customer(answer: Answer, look: Look) -> object:
    one = answer.customer
    return leaves.who(one.label, address("staff:customer", one.pk), one.kind) if one else NOTHING


def _order(answer: Answer, look: Look) -> object:
    if answer.order is None:
        return NOTHING
    return format_html('<a href="{}">{}</a>', address("staff:order", answer.order.pk), answer.order.number)


def _ticket(answer: Answer, look: Look) -> object:
    if answer.ticket is None:
        return NOTHING
    return format_html('<a href="{}">{}</a>', at("staff:inbox_ticket", str(answer.ticket.number)), answer.ticket.code)


def _reasons(answer: Answer, look: Look) -> object:
    return format_html_join(" ", "{}", ((leaves.pill(one),) for one in answer.reasons))


def _replied(answer: Answer, look: Look) -> object:
    if answer.replied_at:
        return leaves.when(answer.replied_at, "day")
    if answer.closed_at:
        return leaves.pill(_said("closed"))
    if look.actor.may(CHANGE) and answer.customer_id:
        href = f"{_reply(answer)}?next={look.here}"
        return format_html('<a class="button button-small" href="{}">{}</a>', href, _said("Answer"))
    return leaves.pill(_said("waiting"), "warn")


def _counted(number: int) -> str:
    return ngettext("%(n)s piece of feedback", "%(n)s pieces of feedback", number) % {"n": formats.number(number)}


def _note(answer: Answer, actor: Actor, values: Mapping[str, Any]) -> None:
    answers.reply(answer, values["text"], by=actor)


REPLY = BulkVerb(
    "reply",
    _("Note an answer"),
    "message",
    CHANGE,
    _note,
    lambda n: ngettext("Noted an answer to %(n)s piece.", "Noted an answer to %(n)s pieces.", n),
    form=lambda: ReplyForm,
)


def _close(answer: Answer, actor: Actor, values: Mapping[str, Any]) -> None:
    with suppress(answers.NotWaiting):
        answers.close(answer, by=actor)


CLOSE = BulkVerb(
    "close",
    _("Close without a reply"),
    "check",
    CHANGE,
    _close,
    lambda n: ngettext("Closed %(n)s piece.", "Closed %(n)s pieces.", n),
)
COLUMNS = (
    Column("what", _("What they said"), _what, lambda answer, look: words(answer), "main"),
    Column("score", _("Score"), score_pill, lambda answer, look: answer.score, sort=Sort("score", optional=True)),
    Column("kind", _("Kind"), lambda answer, look: answer.get_kind_display(),
           lambda answer, look: answer.get_kind_display(), "muted"),
    Column("customer", _("Customer"), _customer,
           lambda answer, look: answer.customer.label if answer.customer else "", clip=True, right=CUSTOMERS),
    Column("ticket", _("Ticket"), _ticket, lambda answer, look: answer.ticket.code if answer.ticket else "",
           right=TICKETS),
    Column("reasons", _("Reasons"), _reasons, lambda answer, look: ", ".join(answer.reasons), clip=True),
    Column("agent", _("Solved by"), lambda answer, look: answer.agent.name if answer.agent else "",
           lambda answer, look: answer.agent.name if answer.agent else "", "muted", shown=False),
    Column("answered", _("Given"), lambda answer, look: leaves.when(answer.answered_at, "day"),
           lambda answer, look: answer.answered_at, "muted", sort=Sort("answered_at")),
    Column("replied", _("Answered"), _replied, lambda answer, look: answer.replied_at),
    Column("order", _("Order"), _order, lambda answer, look: answer.order.number if answer.order else "", shown=False),
    Column("product", _("Product"), lambda answer, look: str(answer.product or ""),
           lambda answer, look: str(answer.product or ""), shown=False, clip=True),
    Column("text", _("Text"), lambda answer, look: answer.text, lambda answer, look: answer.text, "muted", clip=True,
           shown=False),
    Column("asked", _("Asked"),
           lambda answer, look: leaves.when(answer.asked_at, "day") if answer.asked_at else NOTHING,
           lambda answer, look: answer.asked_at, "muted", shown=False),
)  # fmt: skip
FEEDBACK = listed(
    Listing(
        name="feedback",
        root="answer",
        title=_("Feedback"),
        url_name="staff:feedback",
        right=VIEW,
        rows=rows,
        load=load,
        columns=COLUMNS,
        sort="-answered",
        counted=_counted,
        href=_href,
        label=words,
        search=search,
        search_hint=_("Customer"),
        empty=Empty(
            _("No feedback yet"),
            _("Reviews and answers to surveys stand here: how good it was, in whose words, and whether you answered. "
              "Import them, or send them in by the API."),
            "star", _("Import files"), "staff:imports", CHANGE,
        ),
        presets=(
            Preset("waiting", _("Waiting for an answer"), "replied is empty and closed is empty", "-answered"),
            Preset("low", _("Low scores"), LOW_ONES, "-answered"),
            Preset("replied", _("Answered"), "replied is not empty", "-answered"),
            Preset("all", _("All"), "", "-answered"),
        ),
        verbs=(REPLY, CLOSE),
        export=EXPORT,
        suggested=("kind", "score", "reasons", "queue", "agent", "answered", "text", "customer.stage",
                   "customer.owner"),
    )
)  # fmt: skip
