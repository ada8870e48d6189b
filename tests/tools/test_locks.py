"""The lock files are in line with what is asked for, and hold nothing that is not pinned."""

import json
from pathlib import Path

import pytest

from tools import locks


def test_the_lock_files_are_in_line() -> None:
    assert [*locks.python_problems(), *locks.npm_problems()] == []


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "requirements.lock"
    monkeypatch.setattr(locks, "PYTHON_LOCK", path)
    return path


def test_what_is_missing_old_or_without_a_hash_is_told(lock: Path) -> None:
    text = (locks.ROOT / "requirements.lock").read_text()
    entries = {entry.split("==")[0]: entry for entry in text.split("\n") if "==" in entry}
    django = next(line for name, line in entries.items() if name == "django")
    lock.write_text(text.replace(django, "django==4.2.0 \\") + "\nloose==1.0\n--index-url https://example.com/\n")
    assert sorted(locks.python_problems()) == [
        "requirements.lock: django<5.3,>=5.2 is not in it; run `make lock`",
        "requirements.lock: loose has no hash; run `make lock`",
        "requirements.lock: names a place to download from: --index-url https://example.com/",
    ]


def test_an_address_or_a_missing_checksum_of_npm_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.loads(locks.NPM_LOCK.read_text())
    content["packages"]["node_modules/sortablejs"] = {"version": "1.0.0", "resolved": "https://example.com/x.tgz"}
    content["packages"][""]["dependencies"]["htmx.org"] = "^1.0.0"
    path = tmp_path / "package-lock.json"
    path.write_text(json.dumps(content))
    monkeypatch.setattr(locks, "NPM_LOCK", path)
    assert list(locks.npm_problems()) == [
        "package-lock.json: its dependencies are not those of package.json; run `make lock`",
        "package-lock.json: node_modules/sortablejs has no checksum; run `make lock`",
        "package-lock.json: node_modules/sortablejs names a place to download from",
    ]
