"""What conditions can ask of the scores: index, elements, kind, stage, P(alive), predicted value."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.insight.elements.catalogue import ELEMENTS
from rapport.insight.kinds import FAMILIES
from rapport.insight.permissions import VIEW
from rapport.kernel.conditions import Field, Relation, Type, register

RELATIONSHIP = _("Relationship")
VALUE = _("Value")

KINDS: dict[str, str | Promise] = {
    "transactional": _("Transactional"),
    "need_based": _("Need-based"),
    "loyalty_based": _("Loyalty-based"),
    "advisory": _("Advisory"),
    "emotional": _("Emotional"),
    "community_based": _("Community-based"),
    "value_add": _("Value-add"),
}
STAGES: dict[str, str | Promise] = {
    "acquisition": _("Acquisition"),
    "onboarding": _("Onboarding"),
    "purchase": _("Purchase"),
    "post_purchase": _("Post-purchase"),
    "advocacy": _("Advocacy"),
    "lapsed": _("Lapsed"),
}


def kinds() -> list[tuple[str, str | Promise]]:
    """Return the kinds that are worked out, those of the behaviour family."""
    return [(name, KINDS[name]) for name in FAMILIES["behaviour"]]


register(
    "score",
    model="insight.Score",
    label=_("Score of a customer"),
    fields=[
        Field("index", _("Relationship index"), Type.NUMBER, group=RELATIONSHIP, right=VIEW),
        Field("trend", _("Change of the index over 90 days"), Type.NUMBER, group=RELATIONSHIP, right=VIEW),
        Field("confidence", _("Confidence of the index"), Type.NUMBER, group=RELATIONSHIP, right=VIEW),
        *(Field(name, label, Type.NUMBER, group=RELATIONSHIP, right=VIEW) for name, label in ELEMENTS.items()),
        Field("kind", _("Kind of relationship"), Type.CHOICE, choices=kinds, group=RELATIONSHIP, right=VIEW),
        Field(
            "chosen_kind",
            _("Kind somebody chose"),
            Type.CHOICE,
            orm="kind_override",
            choices=list(KINDS.items()),
            group=RELATIONSHIP,
            right=VIEW,
        ),
        Field("stage", _("Journey stage"), Type.CHOICE, choices=list(STAGES.items()), group=RELATIONSHIP, right=VIEW),
        Field("stage_since", _("In this stage since"), Type.DATETIME, group=RELATIONSHIP, right=VIEW),
        Field("lapsed", _("Lapsed"), Type.DATETIME, orm="lapsed_at", group=RELATIONSHIP, right=VIEW),
        Field("usual_days", _("Usual days between purchases"), Type.NUMBER, group=VALUE, right=VIEW),
        Field("p_alive", _("Likely to buy again (0 to 1)"), Type.NUMBER, group=VALUE, right=VIEW),
        Field("cltv", _("Predicted lifetime value"), Type.MONEY, orm="cltv_minor", group=VALUE, right=VIEW),
        Field("at_risk", _("Value at risk"), Type.MONEY, orm="at_risk_minor", group=VALUE, right=VIEW),
    ],
)
register(
    "customer",
    relations=[
        Relation(
            "score",
            _("Score"),
            "score",
            there="customer_id",
            attr="score",
            many=False,
            group=RELATIONSHIP,
            right=VIEW,
        )
    ],
)
