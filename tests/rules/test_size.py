"""Smoke alarms: a file or function that grows past its size has probably swallowed a second idea."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "rapport"
FILE, FUNCTION, TEMPLATE = 500, 60, 200


def sources() -> list[Path]:
    files = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
    return sorted(path for path in files if "tests" not in path.parts)


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", sources(), ids=named)
def test_no_file_and_no_function_is_long(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION, node.name


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("templates/**/*.html")), ids=named)
def test_no_template_is_long(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= TEMPLATE


def test_there_are_no_rooms_for_everything() -> None:
    banned = {"utils.py", "helpers.py", "managers.py", "signals.py"}
    assert not [named(path) for path in sources() if path.name in banned]
