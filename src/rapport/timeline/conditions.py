"""What the timeline adds to conditions on customers: when they were last in touch, and what was logged."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.kernel.conditions import Field, Is, Op, Relation, Type, register
from rapport.timeline.models import Activity
from rapport.timeline.permissions import VIEW

GROUP = _("Contact")
KEPT = Is(field="deleted", op=Op.EMPTY)

register(
    "touch",
    model="timeline.Touch",
    label=_("Last touch"),
    fields=[
        Field("last", _("Last touch"), Type.DATETIME, orm="last_at"),
        Field("last_in", _("Last heard from"), Type.DATETIME, orm="last_in_at"),
        Field("last_out", _("Last contacted by us"), Type.DATETIME, orm="last_out_at"),
    ],
    relations=[Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False)],
)
register(
    "activity",
    model="timeline.Activity",
    label=_("Note, call or meeting"),
    fields=[
        Field("kind", _("Kind"), Type.CHOICE, choices=Activity.Kind.choices),
        Field("text", _("Text"), Type.TEXT),
        Field("direction", _("Direction"), Type.CHOICE, choices=Activity.Direction.choices),
        Field("outcome", _("Outcome"), Type.CHOICE, choices=Activity.Outcome.choices),
        Field("minutes", _("Minutes"), Type.NUMBER, whole=True),
        Field("happened", _("Date"), Type.DATETIME, orm="happened_at"),
        Field("deleted", _("Deleted"), Type.DATETIME, orm="deleted_at"),
    ],
    relations=[Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False)],
)
register(
    "customer",
    relations=[
        Relation("touch", _("Touch"), "touch", there="customer_id", attr="touch", many=False, group=GROUP),
        Relation("activities", _("Notes, calls and meetings"), "activity", there="customer_id", attr="activities",
                 only=KEPT, group=GROUP, right=VIEW),
    ],
)  # fmt: skip
