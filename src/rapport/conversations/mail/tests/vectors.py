"""The cases beside this repository, for tests that are given one each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parents[6] / "shared" / "vectors"


def cases(name: str, key: str = "cases") -> list[Any]:
    """Return the cases in a JSON file as parameters, or one skipped parameter."""
    path = VECTORS / name
    if not path.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="the shared vectors are not on this machine"))]
    read = json.loads(path.read_text("utf-8"))
    return list(read[key] if key else read)
