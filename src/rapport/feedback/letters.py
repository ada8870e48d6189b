"""The mail by which a customer is asked: one link for each score, in the colours of the firm."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rapport.conversations.mail.letters import render
from rapport.feedback.models import Invitation
from rapport.feedback.scales import Scale
from rapport.feedback.tokens import token
from rapport.feedback.wording import Words
from rapport.team.brand import Brand

_SCORE = (
    "display:inline-block;min-width:{width}px;margin:0 6px 8px 0;padding:10px 6px;border:1px solid #8a9099;"
    "border-radius:10px;background:#ffffff;color:#1f2328;text-align:center;text-decoration:none;font-weight:600"
)


def link(invitation: Invitation, score: int | None = None) -> str:
    """Return the address of the page on which an invitation is answered, with a score chosen already if one is given.

    Looking at it changes nothing.
    """
    mark = token(invitation.pk)
    path = reverse("rate:survey", args=[mark]) if score is None else reverse("rate:score", args=[mark, score])
    return f"{settings.ORIGIN}{path}"


def letter(invitation: Invitation, said: Words, scale: Scale, brand: Brand, closes_at: datetime, *, again: bool) -> str:
    """Return the HTML of the mail, in the language that is in force; `again` makes it a reminder."""
    ticket, whole = invitation.ticket, link(invitation)
    values = {"number": ticket.code, "subject": ticket.subject}
    name = invitation.customer.given_name or invitation.customer.label
    stop = f"{settings.ORIGIN}{reverse('rate:stop', args=[token(invitation.pk)])}"
    parts = {
        "subject": escape(said.subject),
        "hello": escape(_("Hello %(name)s,") % {"name": name}),
        "intro": escape(_intro(again) % values),
        "question": escape(said.question),
        "scores": "".join(_score(invitation, one, scale) for one in scale.scores),
        "ends": "" if scale.look == "thumbs" else escape(f"{scale.low} = {said.worst}, {scale.high} = {said.best}"),
        "plain": escape(_("Or open this page:")),
        "link": escape(whole),
        "until": escape(_("You can answer until %(day)s.") % {"day": date_format(closes_at, "DATE_FORMAT")}),
        "stop": escape(_("Don't ask me such questions any more")),
        "stop_link": escape(stop),
        "firm": escape(brand.name),
        "colour": escape(brand.colour),
    }  # fmt: skip
    return render(re.sub(r"\{\{ *(\w+) *\}\}", lambda match: parts[match[1]], _template()))


def plain(said: Words) -> str:
    """Return what our own pages show of the mail: its question, without the links that answer it."""
    return f"{said.question}\n\n" + _("(The mail has a link for each score.)")


def label(score: int, scale: Scale) -> str:
    """Return how a score reads: 4, 4 ★, or a thumb."""
    if scale.look == "thumbs":
        return "👍" if score == scale.high else "👎"
    return f"{score} ★" if scale.look == "stars" else str(score)


def _intro(again: bool) -> str:
    if again:
        return _("some days ago we asked you how “%(subject)s” (%(number)s) went. We would still like to know.")
    return _("“%(subject)s” (%(number)s) is solved. One click tells us how it went.")


def _score(invitation: Invitation, score: int, scale: Scale) -> str:
    style = _SCORE.format(width=64 if scale.look == "thumbs" else 34)
    return f'<a href="{escape(link(invitation, score))}" style="{style}">{label(score, scale)}</a> '


@cache
def _template() -> str:
    return resources.files("rapport.feedback").joinpath("templates/survey.mjml").read_text("utf-8")
