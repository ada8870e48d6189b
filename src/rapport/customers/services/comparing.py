"""Keeping the queue of possible duplicates: notes of who was added or changed are worked off."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db import OperationalError, connection, transaction

from rapport.customers.models import Customer, MatchKeys, ToCompare
from rapport.customers.services import finding
from rapport.kernel.sending import send

AT_ONCE = 2_000
MANY = 20_000
_MARKED = "INSERT INTO customers_tocompare (customer_id, everybody) SELECT id, false FROM ({rows}) AS x (id)"
_MARK = "INSERT INTO customers_tocompare (customer_id, everybody) SELECT id, false FROM unnest(%s::uuid[]) AS x (id)"
_EVERYBODY = "INSERT INTO customers_tocompare (everybody) VALUES (true)"


def mark(customers: Iterable[UUID]) -> None:
    """Note that these customers are to be compared with the others."""
    send(_MARK, [list(customers)])


def mark_rows(rows: str, count: int) -> None:
    """Note that the customers of a query of the code are to be compared; everybody, when they are very many."""
    with connection.cursor() as cursor:
        cursor.execute(_EVERYBODY if count > MANY else _MARKED.format(rows=rows))


def compare_now(customer: UUID) -> None:
    """Compare one customer at once, so that who changed them sees what is found; when others do so, a minute later."""
    with suppress(OperationalError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
        finding.compare([customer])


def mark_everybody() -> None:
    """Note that all customers are to be compared with each other."""
    ToCompare.objects.create(everybody=True)


def compare_noted() -> int:
    """Compare those of whom there are notes, some at a time; return how many notes were worked off.

    Notes that come in meanwhile stay. When there are very many, or nobody was ever compared, all are.
    """
    done = 0
    while notes := list(ToCompare.objects.order_by("pk").values_list("pk", "customer_id", "everybody")[: MANY + 1]):
        if len(notes) > MANY or any(everybody for *_, everybody in notes) or _never():
            all_notes = list(ToCompare.objects.values_list("pk", flat=True))
            finding.compare_all()
            done += ToCompare.objects.filter(pk__in=all_notes).delete()[0]
            continue
        some = notes[:AT_ONCE]
        finding.compare({customer for _, customer, _ in some} - {None})
        done += ToCompare.objects.filter(pk__in=[key for key, *_ in some]).delete()[0]
    if not done and _never() and Customer.objects.filter(deleted_at=None).exists():
        finding.compare_all()
    return done


def _never() -> bool:
    """Whether nobody has match keys yet, as after an update from a version that did not compare."""
    return not MatchKeys.objects.exists()
