"""Heavy jobs leave the process that starts them, and end with it."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.runtime import apart
from rapport.runtime.errors import Refusal
from rapport.testing.waiting import until

NAME = f"process of {__name__}"


@apart.apart
def tell(*, where: str, word: str) -> None:
    """Write `word` and the process that did to the file `where`, at one stroke."""
    draft = Path(f"{where}.draft")
    draft.write_text(json.dumps([word, os.getpid()]), "utf-8")
    draft.replace(where)


@apart.apart
def tell_and_wait(*, where: str) -> None:
    """Write the process to the file `where`, and then wait for what never comes."""
    tell(where=where, word="waiting")
    signal.pause()


@apart.apart
def fail() -> None:
    """Fail as by a bug."""
    raise ValueError("seven is not even")


@apart.apart
def refuse() -> None:
    """Fail as by something outside the program."""
    raise Refusal("the moon is not full")


def told(where: Path) -> tuple[str, int]:
    word, process = json.loads(where.read_text("utf-8"))
    return word, process


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heavy jobs leave this process."""
    monkeypatch.setenv(apart.VARIABLE, "")
    apart.allow()


def test_a_heavy_job_runs_where_it_is_called(tmp_path: Path) -> None:
    tell(where=str(tmp_path / "told"), word="olá")
    assert told(tmp_path / "told") == ("olá", os.getpid())


@pytest.mark.process
def test_a_worker_runs_it_in_a_process_of_its_own(allowed: None, tmp_path: Path) -> None:
    tell(where=str(tmp_path / "told"), word="olá")
    word, process = told(tmp_path / "told")
    assert word == "olá"
    assert process != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.process
def test_a_job_that_fails_apart_fails_and_says_why(allowed: None, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refusal) as caught:
        fail()
    assert str(caught.value) == f"the {NAME}:fail ended (exit code 1)"
    assert capfd.readouterr().err.strip().splitlines()[-1] == "ValueError: seven is not even"


@pytest.mark.process
def test_a_cause_outside_the_program_is_one_line(allowed: None, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refusal) as caught:
        refuse()
    assert str(caught.value) == f"the {NAME}:refuse ended (exit code 1)"
    assert capfd.readouterr() == ("", "rapport: the moon is not full\n")


@pytest.mark.process
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="waits on pidfd")
def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    where = tmp_path / "told"
    starting = f"from {__name__} import tell_and_wait; tell_and_wait(where={str(where)!r})"
    with subprocess.Popen([sys.executable, "-c", starting], env={**os.environ, apart.VARIABLE: "1"}) as starter:
        until(where.exists, starter)
        ending = os.pidfd_open(told(where)[1])
        try:
            starter.kill()
            assert select.select([ending], [], [], 30)[0]
        finally:
            os.close(ending)
