"""What conditions can ask of segments: `segment = "Regulars"`, who joined when; and where a segment may be named."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.customers.conditions import staff
from rapport.kernel.conditions import Field, Is, Op, Relation, Type, register
from rapport.kernel.conditions.kept import keep
from rapport.kernel.remembered import Remembered
from rapport.marketing.models import Segment
from rapport.marketing.permissions import VIEW

STILL = Is(field="until", op=Op.EMPTY)
GROUP = _("Segments")


_active = Remembered(lambda: list(Segment.objects.active().values_list("pk", "name")), Segment)


def segments() -> list[tuple[UUID, str]]:
    """Return id and name of the segments that are not archived."""
    return _active()


register(
    "membership",
    model="marketing.Membership",
    label=_("Part in a segment"),
    fields=[
        Field("segment", _("Segment"), Type.CHOICE, orm="segment_id", key=UUID, choices=segments),
        Field("since", _("In it since"), Type.DATETIME),
        Field("until", _("In it until"), Type.DATETIME),
    ],
    relations=[Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False)],
)
register(
    "segment",
    model="marketing.Segment",
    label=_("Segment"),
    fields=[
        Field("name", _("Name"), Type.TEXT),
        Field("description", _("Description"), Type.TEXT),
        Field("kind", _("Kind"), Type.CHOICE, choices=Segment.Kind.choices),
        Field("owner", _("Owner"), Type.CHOICE, orm="owner_id", key=UUID, choices=staff),
        Field("size", _("Customers"), Type.NUMBER, whole=True),
        Field("computed", _("Worked out"), Type.DATETIME, orm="computed_at"),
        Field("created", _("Made"), Type.DATETIME, orm="created_at"),
        Field("archived", _("Archived"), Type.DATETIME, orm="archived_at"),
    ],
)
register(
    "customer",
    relations=[
        Relation("segment", _("Segment"), "membership", there="customer_id", attr="memberships", only=STILL,
                 group=GROUP, right=VIEW, means="segment"),
    ],
)  # fmt: skip
keep("marketing.Segment", _("Segment"))
