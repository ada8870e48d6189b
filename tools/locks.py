"""Check without a network that the lock files say what pyproject.toml and package.json ask for.

`--write` makes them anew (needs the package registries); versions that still fit are kept, `--upgrade` takes the
newest.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYTHON_LOCK = ROOT / "requirements.lock"
NPM_LOCK = ROOT / "package-lock.json"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
COMPILE = (
    "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes", "--no-header", "--quiet",
    "--group", "dev", "--group", "bench", "-o", "requirements.lock",
)  # fmt: skip


def main() -> int:
    """Check, or with `--write` write; return 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the lock files anew")
    parser.add_argument("--upgrade", action="store_true", help="with the newest versions that fit")
    arguments = parser.parse_args()
    if arguments.write or arguments.upgrade:
        write(upgrade=arguments.upgrade)
    problems = [*python_problems(), *npm_problems()]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def write(*, upgrade: bool) -> None:
    """Resolve anew and write both lock files."""
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, *COMPILE, *(["--upgrade"] if upgrade else [])], cwd=ROOT, check=True)
    npm = ["npm", "update" if upgrade else "install", "--package-lock-only", "--ignore-scripts"]
    subprocess.run(npm, cwd=ROOT, check=True)


def python_problems() -> Iterator[str]:
    """Yield what pyproject.toml asks for that the lock doesn't have, and what in the lock has no hash."""
    pinned: dict[str, list[str]] = {}
    entries = re.split(r"\n(?=\S)", PYTHON_LOCK.read_text())
    for entry in entries:
        if match := PINNED.match(entry):
            pinned.setdefault(canonicalize_name(match["name"]), []).append(match["version"])
            if "--hash=sha256:" not in entry:
                yield f"{PYTHON_LOCK.name}: {match['name']} has no hash; run `make lock`"
        elif "://" in entry:
            yield f"{PYTHON_LOCK.name}: names a place to download from: {entry.splitlines()[0]}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *chain(*project["dependency-groups"].values())]
    for requirement in map(Requirement, asked):
        versions = pinned.get(canonicalize_name(requirement.name), [])
        if not any(requirement.specifier.contains(version, prereleases=True) for version in versions):
            yield f"{PYTHON_LOCK.name}: {requirement} is not in it; run `make lock`"


def npm_problems() -> Iterator[str]:
    """Yield where package-lock.json differs from package.json, and what in it has no checksum."""
    asked = json.loads((ROOT / "package.json").read_text())
    locked = json.loads(NPM_LOCK.read_text())["packages"]
    for kind in ("dependencies", "devDependencies"):
        if asked.get(kind, {}) != locked[""].get(kind, {}):
            yield f"{NPM_LOCK.name}: its {kind} are not those of package.json; run `make lock`"
    for path, package in locked.items():
        if path and "integrity" not in package:
            yield f"{NPM_LOCK.name}: {path} has no checksum; run `make lock`"
        if "resolved" in package:
            yield f"{NPM_LOCK.name}: {path} names a place to download from"


if __name__ == "__main__":
    sys.exit(main())
