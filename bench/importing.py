"""Importing customers and order lines by the command, against a raw COPY of the same rows in the same run.

The COPY goes into a plain table with a key and three indexes: what a database does that matches, normalises,
searches and remembers nothing. Each import runs in a process and a home of its own, which starts empty.

    python -m bench.importing --rows 50000
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from bench.table import Row, show
from rapport.runtime import home

ROWS = 1_000_000
SIZE = "RAPPORT_BENCH_ROWS"
GIGABYTE_MB = 1024
CUSTOMER = ("Customer ID", "First name", "Last name", "Email", "Phone", "City", "Postcode", "Country", "Created at")
LINE = ("Order number", "Customer ID", "Date", "SKU", "Product name", "Quantity", "Unit price")
TABLES = {
    "customers": f"""
        CREATE TABLE plain ({", ".join(f'"{name}" text' for name in CUSTOMER)}, PRIMARY KEY ("Customer ID"));
        CREATE INDEX ON plain ("Email"); CREATE INDEX ON plain ("Phone"); CREATE INDEX ON plain ("Last name")
    """,
    "lines": f"""
        CREATE TABLE plain (id bigserial PRIMARY KEY, {", ".join(f'"{name}" text' for name in LINE)});
        CREATE INDEX ON plain ("Order number"); CREATE INDEX ON plain ("Customer ID"); CREATE INDEX ON plain ("SKU")
    """,
}
GIVEN = ("Ana", "Ben", "Carla", "Dora", "Emil", "Fay", "Gus", "Ida", "Jan", "Kim", "Lea", "Mia", "Noor", "Otto", "Una")
FAMILY = (
    "Ashby",
    "Berg",
    "Costa",
    "Dahl",
    "Evans",
    "Garcia",
    "Ito",
    "Jones",
    "Khan",
    "Lima",
    "Novak",
    "Patel",
    "Rossi",
)
CITIES = ("Leeds", "York", "Bath", "Derby", "Exeter", "Truro", "Wells", "Ripon", "Hull", "Perth")
BEGIN = datetime(2021, 1, 1)  # noqa: DTZ001 files of shops say no zone


def run() -> list[Row]:
    """Import so many customers and so many order lines (1,000,000 unless RAPPORT_BENCH_ROWS says otherwise)."""
    size = int(os.environ.get(SIZE, ROWS))
    folder = home.current().root.parent / "bench-import"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        people = write(folder / "customers.csv", CUSTOMER, customers(size))
        sold = write(folder / "lines.csv", LINE, lines(size))
        return [
            *measured("customers", "customer", 20_000, people, size),
            *measured("lines", "line", 30_000, sold, size),
        ]
    finally:
        stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def measured(what: str, noun: str, wanted: int, file: Path, size: int) -> list[Row]:
    """Import one file and copy it plainly; return rows per second, their ratio and the memory."""
    place = file.parent / what
    plain = int(rapport(place, "-m", "bench.importing", "--copy", what, str(file))[0])
    printed, memory = rapport(place, "-m", "rapport.cli", "import", str(file), "--json")
    said = json.loads(printed)
    counts = said["counts"][noun]
    if counts["created"] != size or said["errors"]:
        raise SystemExit(f"{what}: {counts['created']} of {size} rows came in, with {said['errors']} errors")
    rate = size / said["seconds"]
    return [
        Row.above(f"{what} imported per second, of {size:,}", rate, wanted, "/s"),
        Row(f"{what} against a raw COPY of the same rows", rate, plain, rate / plain, "", "/s", ok=True),
        Row.below(f"peak memory of importing {what}", memory, GIGABYTE_MB, "MB"),
    ]


def rapport(place: Path, *words: str) -> tuple[str, float]:
    """Run Python with these words in the home `place`; return the last line it printed and its peak memory in MB."""
    environment = {**os.environ, "RAPPORT_HOME": str(place)}
    environment.pop("DATABASE_URL", None)
    working = subprocess.Popen([sys.executable, *words], env=environment, stdout=subprocess.PIPE, text=True)
    assert working.stdout
    printed = working.stdout.read()
    _, status, usage = os.wait4(working.pid, 0)
    working.returncode = os.waitstatus_to_exitcode(status)
    if working.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {working.returncode}")
    return printed.splitlines()[-1], usage.ru_maxrss / 1024


def stop(folder: Path) -> None:
    """Stop the databases of the homes below `folder`."""
    for place in folder.iterdir():
        if place.is_dir():
            rapport(place, "-m", "rapport.cli", "database", "stop", "--json")


def copy(what: str, file: Path) -> int:
    """Copy a file into a plain table with a key and three indexes, in one transaction; return rows per second."""
    from rapport.runtime import database, prepare

    with database.available(home.current()):
        prepare.django()
        prepare.migrate()  # not measured: the import finds the database ready, as this does
        from django.db import connection, transaction

        with transaction.atomic(), connection.cursor() as cursor:
            for statement in TABLES[what].split(";"):
                cursor.execute(statement)
            names = CUSTOMER if what == "customers" else LINE
            columns = ", ".join(f'"{name}"' for name in names)
            begun = time.perf_counter()
            statement = f"COPY plain ({columns}) FROM STDIN (FORMAT csv, HEADER)"
            with file.open("rb") as source, cursor.copy(statement) as target:
                while part := source.read(1 << 20):
                    target.write(part)
            rows = cursor.rowcount
            spent = time.perf_counter() - begun
            cursor.execute("DROP TABLE plain")
    return round(float(rows) / spent)


def write(path: Path, header: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> Path:
    """Write a CSV file and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def customers(size: int) -> Iterator[tuple[object, ...]]:
    """Yield people with all that a shop knows of them: the same ones each time."""
    chance = random.Random(1)
    for number in range(1, size + 1):
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        email = f"{given}.{family}.{number}@example.com".lower()
        phone = f"+44 20 7{number % 10**7:07d}" if number % 3 else ""
        postcode = f"LS{number % 28 + 1} {number % 9 + 1}AB"
        since = BEGIN + timedelta(minutes=number)
        yield number, given, family, email, phone, chance.choice(CITIES), postcode, "GB", f"{since:%Y-%m-%d %H:%M}"


def lines(size: int) -> Iterator[tuple[object, ...]]:
    """Yield lines of orders of twenty lines each, by customers who come back; the same ones each time."""
    chance = random.Random(2)
    for number in range(size):
        order = number // 20
        day = BEGIN + timedelta(minutes=order)
        sku = chance.randrange(4000)
        price = f"{chance.randrange(50, 5000) / 100:.2f}"
        customer = 1 + order * 7919 % max(size // 100, 1)
        yield 500_000 + order, customer, f"{day:%Y-%m-%d %H:%M}", f"P{sku}", f"Thing {sku}", 1 + number % 12, price


def main() -> None:
    """Print the table, or copy one file where a process of its own was asked for that."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS, help="how many rows of each (1,000,000)")
    parser.add_argument("--copy", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    if chosen.copy:
        print(copy(chosen.copy[0], Path(chosen.copy[1])))
        return
    os.environ[SIZE] = str(chosen.rows)
    rows = run()
    if chosen.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    else:
        show(rows, "Importing")


if __name__ == "__main__":
    main()
