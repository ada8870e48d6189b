"""``rapport doctor``: how this installation is, line by line, and what to do."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rapport.runtime import database, home, prepare
from rapport.runtime.errors import Refusal

if TYPE_CHECKING:
    from rapport.runtime.doctor import Finding

MARKS = {"ok": "ok  ", "warn": "warn", "bad": "BAD "}
LAKE_OLD = timedelta(days=1)
MAIL_OLD = timedelta(minutes=15)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    """Check everything; return 1 when something is bad."""
    findings = list(check(home.current()))
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings]))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            advice = f"  → {finding.advice}" if finding.advice else ""
            print(f"{MARKS[finding.state]}  {finding.name:<{width}}  {finding.text}{advice}")
    return 1 if any(finding.state == "bad" for finding in findings) else 0


def check(place: home.Home) -> "Iterator[Finding]":
    """Yield the findings, those that need a database last."""
    from rapport.runtime import doctor

    place.prepare()
    yield from doctor.of_machine(place)
    try:
        with database.available(place) as address:
            known = list(doctor.of_database(place, address))
            yield from known
            if not any(finding.state == "bad" for finding in known):
                prepare.django()
                yield from doctor.of_settings()
                yield lake(place)
                yield mailboxes()
    except Refusal as refusal:
        yield doctor.Finding("database", "bad", str(refusal), "start the server, or correct the settings")


def lake(place: home.Home) -> "Finding":
    """Say as of when the numbers are."""
    from rapport.insight.lake import manifest
    from rapport.runtime.doctor import Finding

    _, as_of = manifest.current(place.lake)
    if as_of is None:
        return Finding("lake", "warn", "not built yet", "start the worker, which refreshes it")
    text = f"as of {as_of.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if datetime.now(UTC) - as_of > LAKE_OLD:
        return Finding("lake", "warn", text, "start the worker, which refreshes it")
    return Finding("lake", "ok", text)


def mailboxes() -> "Finding":
    """Say whether mail comes in: which mailboxes stopped, and from which nothing could be fetched for a while."""
    from rapport.conversations.models import Mailbox
    from rapport.runtime.doctor import Finding

    rows = list(Mailbox.objects.filter(enabled_at__isnull=False).order_by("address"))
    stopped = [f"{row.address}: {row.paused_because or 'paused'}" for row in rows if row.paused_at]
    if stopped:
        return Finding("mailboxes", "bad", "; ".join(stopped), "mend it under Settings, Mailboxes, and switch it on")
    since = datetime.now(UTC) - MAIL_OLD
    fetched = [row for row in rows if row.imap_host]
    silent = [row.address for row in fetched if (row.checked_at or row.enabled_at or since) < since]
    if silent:
        text = f"nothing was fetched for {MAIL_OLD.seconds // 60} minutes from {', '.join(silent)}"
        return Finding("mailboxes", "warn", text, "start `rapport mail`; its log says why a server is away")
    return Finding("mailboxes", "ok", f"{len(rows)} at work" if rows else "none set up")
