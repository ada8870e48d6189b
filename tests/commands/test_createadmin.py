"""Setting up without a browser."""

import pytest

from tests.commands.conftest import Rapport

pytestmark = pytest.mark.process


def test_the_first_makes_the_organisation_and_the_next_joins_it(migrated: Rapport) -> None:
    words = ("--password-file", "-", "--json")
    lost = migrated("createadmin", "ana@example.com", "--name", "Ana", *words, given="a long pass phrase\n")
    assert (lost.code, lost.answer) == (
        1,
        {"error": "the organisation is not set up yet: name it with --organisation"},
    )
    weak = migrated(
        "createadmin", "ana@example.com", "--name", "Ana", "--organisation", "Ana & Co", *words, given="short\n"
    )
    assert weak.code == 1
    assert "too short" in weak.line
    first = migrated(
        "createadmin", "ana@example.com", "--name", "Ana", "--organisation", "Ana & Co", *words,
        given="a long pass phrase\n",
    )  # fmt: skip
    assert (first.code, first.answer) == (0, {"email": "ana@example.com", "set_up": True})
    second = migrated("createadmin", "eva@example.com", "--name", "Eva", *words, given="another pass phrase\n")
    assert (second.code, second.answer) == (0, {"email": "eva@example.com", "set_up": False})
    again = migrated("createadmin", "eva@example.com", "--name", "Eva", *words, given="another pass phrase\n")
    assert (again.code, again.line) == (1, "rapport: eva@example.com signs in here already.")


def test_without_a_terminal_nothing_is_asked(rapport: Rapport) -> None:
    done = rapport("createadmin", "ana@example.com", "--name", "Ana")
    assert (done.code, done.line) == (1, "rapport: no terminal to ask for the password: use --password-file")
    assert not rapport.home.root.exists()
