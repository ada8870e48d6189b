"""The data directory and its secret key."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rapport.runtime import home
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home


def test_the_variable_chooses_the_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAPPORT_HOME", str(tmp_path / "x" / ".." / "chosen"))
    assert home.current() == Home(tmp_path / "chosen")


def test_without_a_variable_it_is_in_the_accounts_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAPPORT_HOME")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/ana")
    assert home.current() == Home(Path("/home/ana/.local/share/rapport"))


def test_naming_paths_creates_nothing(tmp_path: Path) -> None:
    place = Home(tmp_path / "home")
    assert place.files == tmp_path / "home" / "files"
    assert not place.root.exists()


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    place = Home(tmp_path / "home")
    key = place.secret_key()
    assert len(key) == 64
    assert place.secret_key() == key
    assert stat.S_IMODE(place.secret_key_file.stat().st_mode) == 0o600
    assert [path.name for path in place.root.iterdir() if path.is_file()] == ["secret_key"]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    place = Home(tmp_path / "home")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: place.secret_key(), range(16)))
    assert len(keys) == 1


def test_an_empty_key_file_is_filled(tmp_path: Path) -> None:
    place = Home(tmp_path)
    place.secret_key_file.touch()
    assert len(place.secret_key()) == 64


def test_a_file_in_the_way_is_said_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "home"
    blocked.write_text("not a directory")
    with pytest.raises(Refusal, match=r"cannot use the data directory .*home: File exists"):
        Home(blocked).prepare()
    assert blocked.read_text() == "not a directory"
