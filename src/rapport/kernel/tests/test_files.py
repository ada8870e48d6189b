"""A file is kept by what is in it, whole or not at all, and only its own key finds it."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.kernel import files


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Iterator[Path]:
    """Keep files in a directory of the test's own."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


def kept(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_the_same_content_is_kept_once_under_its_hash(root: Path) -> None:
    key = files.store(b"lantern")
    assert key == hashlib.sha256(b"lantern").hexdigest()
    assert files.store(io.BytesIO(b"lantern")) == key
    assert kept(root) == [root / "blobs" / key[:2] / key[2:4] / key]
    assert (files.read(key), files.size(key)) == (b"lantern", 7)
    assert kept(root)[0].stat().st_mode & 0o777 == 0o600


def test_too_much_leaves_nothing(root: Path) -> None:
    assert files.store(b"12345", at_most=5)
    with pytest.raises(files.TooLarge):
        files.store(io.BytesIO(b"x" * 600_000), at_most=599_999)
    assert len(kept(root)) == 1


def test_what_breaks_off_leaves_nothing(root: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        files.store(Broken())
    assert kept(root) == []


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64, f"{'0' * 64}\n"])
def test_nothing_else_is_found(root: Path, key: str) -> None:
    (root / "blobs").mkdir()
    for ask in (files.open, files.read, files.size):
        with pytest.raises(files.NoSuchFile):
            ask(key)


def test_what_is_forgotten_is_gone_and_may_be_forgotten_again(root: Path) -> None:
    key = files.store(b"lantern")
    files.forget(key)
    files.forget(key)
    assert kept(root) == []
    with pytest.raises(files.NoSuchFile):
        files.read(key)


def test_many_may_keep_the_same_at_once(root: Path) -> None:
    ready, keys = threading.Barrier(8), []

    def store() -> None:
        ready.wait()
        keys.append(files.store(b"lantern" * 50_000))

    workers = [threading.Thread(target=store) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(set(keys)) == 1
    assert len(keys) == 8
    assert len(kept(root)) == 1
    assert files.read(keys[0]) == b"lantern" * 50_000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.binary(max_size=2_000))
def test_what_goes_in_comes_out(content: bytes) -> None:
    assert files.read(files.store(content)) == content


def test_content_is_on_the_disk_when_the_block_is_left() -> None:
    with files.storing(b"a mail") as key:
        assert key == files.store(b"a mail")
    assert files.read(key) == b"a mail"
    with files.storing(b"") as nothing:
        assert nothing == ""


def test_a_block_fails_when_the_disk_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(content: bytes) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(files, "store", full)
    with pytest.raises(OSError, match="no space left"), files.storing(b"a mail"):
        pass
    with pytest.raises(KeyError), files.storing(b"a mail"):
        raise KeyError
