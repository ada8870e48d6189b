"""The news of the knowledge base."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("knowledge.article_begun", _("Article begun"), _("began the article {title}"), group="knowledge", icon="pencil",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ArticleBegun(Event):
    """An article was begun, as a draft."""

    title: str
    language: str


@event("knowledge.review_asked", _("Review asked for"), _("asked for a review of {title}"), group="knowledge",
       icon="eye", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ReviewAsked(Event):
    """The writer of a draft asked for it to be looked at."""

    title: str
    language: str
    version: int


@event("knowledge.sent_back", _("Draft sent back"), _("sent back {title}: {reason}"), group="knowledge",
       icon="arrow-back-up", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class DraftSentBack(Event):
    """A draft in review goes back to its writer, with the reason."""

    title: str
    language: str
    version: int
    reason: str = ""


@event("knowledge.article_published", _("Article published"), _("published {title}"), group="knowledge", icon="world",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ArticlePublished(Event):
    """A version of an article can be read by its audience from now on."""

    title: str
    language: str
    version: int


@event("knowledge.article_withdrawn", _("Article withdrawn"), _("withdrew {title}"), group="knowledge", icon="eye-off",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ArticleWithdrawn(Event):
    """A published translation is no longer to be read."""

    title: str
    language: str


@event("knowledge.article_arranged", _("Article arranged"), _("arranged {title}: {summary}"), group="knowledge",
       icon="adjustments", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ArticleArranged(Event):
    """Category, audience, owner, products or related articles of an article changed; `summary` names what."""

    title: str
    summary: str


@event("knowledge.article_archived", _("Article archived"), _("archived {title}"), group="knowledge", icon="archive",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ArticleArchived(Event):
    """An article was put away with all its translations."""

    title: str


@event("knowledge.article_restored", _("Article restored"), _("restored {title}"), group="knowledge", icon="restore",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ArticleRestored(Event):
    """An article that was put away is back."""

    title: str


@event("knowledge.shelf_changed", _("Help centre arranged"), _("{what}: {name}"), group="knowledge", icon="folder",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ShelfChanged(Event):
    """A category, a group of synonyms or a comparison was added, changed or removed."""

    what: str
    name: str


@event("knowledge.answer_found", _("Answer found"), _("found the answer in the help article {title}"),
       group="knowledge", icon="book", direction="in")  # fmt: skip
@dataclass(frozen=True)
class AnswerFound(Event):
    """A customer who was about to write to us said that a suggested article answered their question."""

    article_id: UUID
    title: str
