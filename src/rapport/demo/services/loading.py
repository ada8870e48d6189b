"""Loading the demonstration: real purchases through the same import as anybody's files, with made-up people."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import zstandard
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from rapport.commerce.models import CustomerTotals
from rapport.customers.models import Customer, Identity
from rapport.demo.people import MadeUp, everybody
from rapport.demo.week import play
from rapport.insight.lake import manifest
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.team.models import Organisation, User
from rapport.team.services.organisation import Founder, set_up

DATA = Path(__file__).parents[1] / "data"
EMAIL = "alice@example.com"
PASSWORD = "northern-lantern-42"  # noqa: S105 the sign-in of the demonstration, printed when it starts
LINES = 541_909
NAMESPACE = "online_retail"
MARKED = ("customers_customer", "commerce_order", "commerce_product")
WORDS = (
    (Promise.Kind.CALL, _("Call back about bulk prices"), -1),
    (Promise.Kind.REFUND, _("Refund for the bent lanterns"), 0),
    (Promise.Kind.REPLY, _("Send the spring catalogue"), 0),
    (Promise.Kind.DELIVERY, _("Replace the missing tea cosies"), 0),
    (Promise.Kind.CALL, _("Ask how the window display went"), 1),
    (Promise.Kind.VISIT, _("Show the new range at the trade evening"), 3),
)

Report = Callable[[str, int, int], None]


def load(report: Report, by: Actor = SYSTEM) -> dict[str, str]:
    """Load the demonstration unless it is there, telling `report` the stage and how much of it is done.

    Returns how to sign in, on an installation that had no organisation before; there, its own users stay as they are.
    """
    fresh = not Organisation.objects.exists()
    if fresh:
        founder = Founder("Alice Young", EMAIL, PASSWORD)
        set_up("Lantern & Sons", currency="GBP", zone="Europe/London", language="en", country="GB", founder=founder)
    firm = Organisation.objects.get()
    if firm.sample_since is None:
        _import_all(report, by)
        play(report, fresh=fresh, password=PASSWORD)
        Organisation.objects.filter(pk=firm.pk).update(sample_since=clock.now())
        _see(report)
    elif manifest.current(settings.HOME.lake)[1] is None:  # a later start is quick: the worker keeps the lake up
        _see(report)
    return {"email": EMAIL, "password": PASSWORD} if _sign_in_holds() else {}


def _sign_in_holds() -> bool:
    user = User.objects.filter(email=EMAIL).first()
    return user is not None and user.check_password(PASSWORD)


def _import_all(report: Report, by: Actor) -> None:
    with zstandard.open(DATA / "online_retail.csv.zst", "rb") as packed:
        purchases = _written("online_retail.csv", packed.read())
    _import(purchases, "online_retail", _("Purchases"), LINES, report, by)
    known = Identity.objects.filter(kind=Identity.Kind.EXTERNAL, namespace=NAMESPACE)
    homes = dict(known.values_list("normal", "customer__country"))
    people = _written("sample_people.csv", _people(homes))
    _import(people, (DATA / "people.toml").read_text("utf-8"), _("Made-up people"), len(homes), report, by)
    _promise(by)
    for path in (purchases, people):
        path.unlink(missing_ok=True)


def _import(path: Path, profile: str, stage: str, total: int, report: Report, by: Actor) -> None:
    from rapport.imports.services import runs  # here, because a later start needs none of it

    run = runs.start([path], by=by, profile=profile, overwrite=True)
    runs.load(run, by=by, tell=lambda _step, rows, _share: report(stage, min(rows, total), total))
    report(stage, total, total)
    _mark(run.pk)


def _mark(run_id: UUID) -> None:
    """Mark everything that an import added as part of the demonstration."""
    with connection.cursor() as cursor:
        for table in MARKED:
            cursor.execute(
                f"UPDATE {table} SET sample = true WHERE NOT sample AND id IN "  # noqa: S608 names of ours
                "(SELECT subject_id FROM kernel_eventrecord WHERE cause_id = %s)",
                [run_id],
            )


def _people(homes: Mapping[str, str]) -> bytes:
    """Return a CSV of made-up people for the customer numbers of `homes`, which maps them to countries."""
    names = [*MadeUp.__dataclass_fields__]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([getattr(made, name) for name in names] for made in everybody(homes))
    return out.getvalue().encode()


def _written(name: str, content: bytes) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def _promise(by: Actor) -> None:
    """Make up a few open promises to good customers, so that there is something to keep today."""
    best = CustomerTotals.objects.order_by("-net_minor").values_list("customer_id", flat=True)[: len(WORDS)]
    today = clock.today("Europe/London")
    for customer, (kind, what, days) in zip(Customer.objects.filter(pk__in=list(best)), WORDS, strict=False):
        made = promises.make(customer, str(what), by=by, kind=kind, due_on=today + timedelta(days=days))
        Promise.objects.filter(pk=made.pk).update(sample=True)


def _see(report: Report) -> None:
    """Build the lake and work out every relationship, so that the first page has its numbers."""
    from rapport.insight import upkeep

    report(_("Numbers"), 0, 1)
    upkeep.bring_up_to_date(now=True)
    report(_("Numbers"), 1, 1)
