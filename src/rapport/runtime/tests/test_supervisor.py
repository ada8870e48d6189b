"""When a child is started again, and what it is told when the start fails."""

import socket
import sys
from pathlib import Path

import pytest

from rapport.runtime.errors import Refusal
from rapport.runtime.supervisor import Child, Supervisor, answers, free_port


def ended(child: Child, code: int) -> None:
    """Let the child run a program that ends with ``code``."""
    child.command = [sys.executable, "-c", f"raise SystemExit({code})"]
    child.start(child.started)
    assert child.process is not None
    child.process.wait()


def test_pauses_double_up_to_half_a_minute() -> None:
    said: list[str] = []
    child = Child("worker", [])
    supervisor = Supervisor([child], said.append)
    pauses = []
    for _ in range(7):
        ended(child, 3)
        supervisor._bury(child, now=child.started + 1)
        pauses.append(child.pause)
        assert child.due == child.started + 1 + child.pause
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert said[0] == "the worker ended (exit code 3); starting it again in 1 s"


def test_a_long_run_is_forgiven() -> None:
    child = Child("worker", [], pause=16)
    supervisor = Supervisor([child], lambda line: None)
    ended(child, 3)
    supervisor._bury(child, now=child.started + 61)
    assert child.pause == 1


def test_one_that_ended_well_after_a_while_is_started_at_once_and_in_silence() -> None:
    said: list[str] = []
    child = Child("worker", [], pause=16)
    ended(child, 0)
    Supervisor([child], said.append)._bury(child, now=child.started + 61)
    assert (child.pause, said) == (0, [])


def test_a_child_that_cannot_start_is_refused_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    child = Child("web server", [sys.executable, "-c", "import sys; sys.exit('no such thing')"], log)
    supervisor = Supervisor([child], lambda line: None)
    with pytest.raises(Refusal) as caught:
        supervisor.run(lambda: False, lambda: None)
    assert str(caught.value) == f"the web server ended while starting: no such thing (see {log})"


def test_a_free_port_is_given_and_a_taken_one_refused() -> None:
    port = free_port("127.0.0.1", 0)
    assert free_port("127.0.0.1", port) == port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Refusal, match="Address already in use"):
        free_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Refusal, match=r"cannot listen on 192\.0\.2\.1:8000"):
        free_port("192.0.2.1", 8000)


def test_a_port_where_nobody_listens_does_not_answer() -> None:
    assert answers("127.0.0.1", free_port("127.0.0.1", 0)) is False
