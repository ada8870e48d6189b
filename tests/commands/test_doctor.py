"""The doctor says how it is, what to do, and whether it is bad."""

import shutil
from typing import Any

import pytest

from rapport.runtime import postgres
from tests.commands.conftest import Ended, Rapport

pytestmark = pytest.mark.process


def found(done: Ended, name: str) -> dict[str, Any]:
    findings = [finding for finding in done.answer if finding["name"] == name]
    assert len(findings) == 1
    return dict(findings[0])


def test_a_stopped_installation_is_fine_but_says_what_to_start(migrated: Rapport) -> None:
    done = migrated("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    assert {finding["state"] for finding in done.answer} == {"ok", "warn"}
    assert found(done, "migrations") == {
        "name": "migrations", "state": "ok", "text": "all applied", "advice": "",
    }  # fmt: skip
    assert found(done, "worker")["advice"] == "run `rapport serve` or `rapport worker`"
    assert found(done, "mail")["advice"] == "set RAPPORT_SMTP_HOST"
    assert found(done, "mailboxes")["text"] == "none set up"
    assert found(done, "database")["text"].startswith("PostgreSQL 18.")
    assert not postgres.running(migrated.home)


def test_a_running_installation_answers(migrated: Rapport) -> None:
    with migrated.serving() as serving:
        done = migrated("doctor", "--json")
        while found(done, "worker")["text"] != "1 running":
            done = migrated("doctor", "--json")
    assert [finding for finding in done.answer if finding["state"] == "bad"] == []
    assert done.code == 0
    assert found(done, "web server")["text"].startswith(f"{serving.ready['address']} answers in ")
    assert found(done, "memory")["state"] == "ok"


def test_an_open_secret_key_is_bad(migrated: Rapport) -> None:
    key = migrated.home.secret_key_file
    key.chmod(0o644)
    try:
        done = migrated("doctor", "--json")
    finally:
        key.chmod(0o600)
    assert done.code == 1
    assert found(done, "secret key") == {
        "name": "secret key",
        "state": "bad",
        "text": f"{key} can be read by others (644)",
        "advice": f"chmod 600 {key}",
    }


def test_an_empty_database_is_bad(rapport: Rapport) -> None:
    done = rapport("doctor", "--json")
    assert done.code == 1
    assert found(done, "migrations")["advice"] == "run `rapport migrate`"


def test_a_server_that_does_not_answer_is_bad(rapport: Rapport) -> None:
    done = rapport("doctor", DATABASE_URL="postgresql://127.0.0.1:1/x")
    assert done.code == 1
    assert "BAD   database" in done.out
    assert done.err == ""
    shutil.rmtree(rapport.home.root)
