"""The firm's own words for where a ticket stands."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.remembered import Remembered
from rapport.kernel.verbs import verb
from rapport.service.events import ServiceSettingChanged
from rapport.service.models import Status
from rapport.service.permissions import MANAGE
from rapport.team.models import Organisation

STANDARD = {
    Status.Category.NEW: gettext_lazy("New"),
    Status.Category.OPEN: pgettext_lazy("ticket", "Open"),
    Status.Category.WAITING: gettext_lazy("Waiting for the customer"),
    Status.Category.SOLVED: gettext_lazy("Solved"),
    Status.Category.CLOSED: gettext_lazy("Closed"),
}
NOUN = "status"


class NameTaken(ValueError):
    """There is a status of this name already."""


class LastOne(ValueError):
    """The last status of its category cannot be archived: tickets need one."""


_live = Remembered(lambda: tuple(Status.objects.live()), Status)


def standard(category: str) -> Status:
    """Return the first status of a category; on a fresh installation the five usual ones are made."""
    found = next((status for status in _live() if status.category == category), None)
    return found or _made(category)


def _made(category: str) -> Status:
    make_standard()
    found = Status.objects.live().filter(category=category).first()
    assert found is not None
    return found


@transaction.atomic
def make_standard() -> None:
    """Make a status for each category that has none, with the usual name in the organisation's language."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE service_status IN SHARE ROW EXCLUSIVE MODE")
    there = set(Status.objects.live().values_list("category", flat=True))
    names = set(Status.objects.live().values_list("name", flat=True))
    firm = Organisation.objects.first()
    with translation.override(firm.language if firm else settings.LANGUAGE_CODE):
        for position, (category, label) in enumerate(STANDARD.items(), start=1):
            if category in there:
                continue
            name = str(label) if str(label) not in names else f"{label} ({category})"
            Status.objects.create(name=name, category=category, position=position)


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def add(name: str, category: str, *, by: Actor) -> Status:
    """Add a status of a category (new, open, waiting, solved, closed) and return it. Raises `NameTaken`."""
    last = Status.objects.aggregate(last=Max("position"))["last"] or 0
    status = Status(name=name.strip(), category=Status.Category(category), position=last + 1)
    _save(status)
    publish(ServiceSettingChanged(noun=NOUN, name=status.name, what="added"), by=by, subject=status)
    return status


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def change(status: Status, *, by: Actor, name: str, position: int | None = None) -> Status:
    """Rename a status and, with `position`, move it. Its category stays: rules and clocks go by it."""
    row = Status.objects.select_for_update().get(pk=status.pk)
    row.name = name.strip()
    row.position = row.position if position is None else position
    _save(row)
    publish(ServiceSettingChanged(noun=NOUN, name=row.name, what="changed"), by=by, subject=row)
    return row


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def archive(status: Status, *, by: Actor) -> Status:
    """Take a status out of the choices; tickets that have it keep it. Raises `LastOne`."""
    rows = {row.pk: row for row in Status.objects.select_for_update().order_by("pk")}
    row = rows[status.pk]
    if row.archived_at is not None:
        return row
    if not any(one.category == row.category for one in rows.values() if one.pk != row.pk and one.archived_at is None):
        raise LastOne(_("Tickets need a status %(category)s.") % {"category": row.get_category_display()})
    row.archived_at = clock.now()
    row.save(update_fields=["archived_at"])
    publish(ServiceSettingChanged(noun=NOUN, name=row.name, what="archived"), by=by, subject=row)
    return row


def _save(status: Status) -> None:
    try:
        with transaction.atomic():
            status.save()
    except IntegrityError as error:
        raise NameTaken(_("There is a status %(name)s already.") % {"name": status.name}) from error
