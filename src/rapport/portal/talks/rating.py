"""Rating a talk that has ended, from its own page: the question that is open for it, else the usual one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import get_language

from rapport.feedback.letters import link
from rapport.feedback.models import Answer, Invitation
from rapport.feedback.queries import standing_invitation
from rapport.feedback.scales import SCALES, Scale
from rapport.feedback.services import asking
from rapport.feedback.services.invitations import Ended, check_open, rating_key
from rapport.feedback.wording import words
from rapport.portal.surveys.views import Score, scores
from rapport.portal.talks.forms import RateForm
from rapport.service.models import Ticket
from rapport.team.queries import organisation

NAMESPACE = "portal"
USUAL = SCALES["csat5"]


@dataclass(frozen=True, slots=True)
class Rating:
    """What a member sees about rating: `given` is their answer, `more` where it can be changed; else what is asked."""

    form: RateForm
    given: Answer | None = None
    more: str = ""
    question: str = ""
    worst: str = ""
    best: str = ""
    look: str = ""
    scores: tuple[Score, ...] = ()


def scale_of(ticket: Ticket) -> Scale:
    """Return the scale on which a talk is rated."""
    invited = standing_invitation(ticket)
    return SCALES[invited.scale] if invited else USUAL


def of(ticket: Ticket, refused: RateForm | None = None) -> Rating:
    """Return what its customer sees of rating a talk that has ended; `refused` brings a form with its errors."""
    invited = standing_invitation(ticket)
    scale = SCALES[invited.scale] if invited else USUAL
    form = refused or RateForm(scale)
    given = _given(ticket, invited)
    is_open = invited is not None and _open(invited)
    if given is not None:
        path = urlsplit(link(invited)).path if invited is not None and is_open else ""
        return Rating(form, given, path)
    if invited is not None and not is_open:
        return Rating(form)
    firm = organisation()
    usual = {"number": ticket.code, "subject": ticket.subject, "company": firm.name}
    said = asking.said_to(invited) if invited else words({}, scale, get_language() or "en", firm.language, **usual)
    poor = invited.survey.poor if invited and invited.survey else scale.poor
    return Rating(form, None, "", said.question, said.worst, said.best, scale.look, tuple(scores(scale, said, poor)))


def _given(ticket: Ticket, invited: Invitation | None) -> Answer | None:
    if invited is not None and invited.answer is not None and invited.answer.answered_at:
        return invited.answer
    return Answer.objects.filter(namespace=NAMESPACE, external=rating_key(ticket)).first()


def _open(invited: Invitation) -> bool:
    try:
        check_open(invited)
    except Ended:
        return False
    return True
