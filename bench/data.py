"""A large business in a few minutes: customers, orders and events made by SQL inside the database.

    RAPPORT_HOME=/some/home python -m bench.data --customers 1000000 --orders 3000000 --events 10000000

Rows are spread as in life: few names are frequent, few customers order a lot, few promises are open. Search
documents, totals and touches are exactly what the verbs would have written. The same seed makes the same business
except for its ids. Sign in as alice@example.com with the password of `PASSWORD`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rapport.runtime import database, home, prepare

PASSWORD = "northern-lantern-42"
STATEMENTS = Path(__file__).parent / "data.sql"
MARK = "-- step: "
TABLES = (
    "customers_customer", "customers_identity", "customers_stagespan", "customers_affiliation", "customers_consent",
    "commerce_product", "commerce_order", "commerce_orderline", "commerce_payment", "commerce_customertotals",
    "promises_promise", "feedback_answer", "insight_score", "timeline_touch", "kernel_eventrecord",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows to make."""

    customers: int
    orders: int
    events: int

    def written_into(self, statement: str) -> str:
        """Return `statement` with the counts in the place of their names in braces."""
        for name in ("customers", "orders", "events"):
            statement = statement.replace(f"{{{name}}}", str(getattr(self, name)))
        return statement


def main() -> None:
    """Make the business in the home of `RAPPORT_HOME`, whose tables must be empty."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=3_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    chosen = parser.parse_args()
    with database.available(home.current()):
        prepare.django()
        prepare.migrate()
        make(Size(chosen.customers, chosen.orders, chosen.events))


def make(size: Size) -> None:
    """Fill the tables, then build their indexes and statistics."""
    staff()
    with without_indexes():
        for name, statement in steps():
            run(name, size.written_into(statement))
    run("vacuum", f"VACUUM (ANALYZE) {', '.join(TABLES)}")


def steps() -> Iterator[tuple[str, str]]:
    """Yield the statements of data.sql with what each makes."""
    for part in STATEMENTS.read_text("utf-8").split(MARK)[1:]:
        name, statement = part.split("\n", 1)
        yield name.strip(), statement.strip()


def run(name: str, statement: str) -> None:
    """Run one statement and say how long it took."""
    from django.db import connection

    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    print(f"{name:44} {time.perf_counter() - started:7.1f} s", flush=True)


def staff() -> None:
    """Set up the organisation with an administrator, ten agents in three teams, and a reader."""
    from rapport.kernel import clock
    from rapport.team.models import Role, Team, User
    from rapport.team.services.organisation import Founder, set_up

    founder = Founder("Alice Young", "alice@example.com", PASSWORD)
    set_up("Lantern & Sons", currency="GBP", zone="Europe/London", language="en", founder=founder, country="GB")
    agent, reader = Role.objects.get(key="agent"), Role.objects.get(key="reader")
    teams = [Team.objects.create(name=name) for name in ("North", "South", "Trade")]
    for number in range(1, 12):
        role = agent if number < 11 else reader
        user = User(email=f"staff{number}@example.com", name=f"Staff {number}", role=role, joined_at=clock.now())
        user.set_password(PASSWORD)
        user.save(force_insert=True)
        teams[number % 3].members.add(user)


@contextmanager
def without_indexes(tables: Sequence[str] = TABLES) -> Iterator[None]:
    """Take constraints, indexes and triggers off `tables` for the length of the block, and put them back."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = ANY(%s::regclass[]) OR confrelid = ANY(%s::regclass[]) ORDER BY contype = 'f' DESC",
            [list(tables), list(tables)],
        )
        constraints = [row for row in cursor.fetchall() if row[2] in "fpu"]
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i WHERE indrelid = "
            "ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [list(tables)],
        )
        indexes = cursor.fetchall()
        for table, name, _kind, _definition in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SET work_mem = '1GB'; SET maintenance_work_mem = '1GB'; SET synchronous_commit = off")
    yield
    for name, definition in indexes:
        run(name, definition)
    for table, name, _kind, definition in reversed(constraints):
        run(name, f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for table in tables:
        run(table, f"ALTER TABLE {table} ENABLE TRIGGER USER")


if __name__ == "__main__":
    main()
