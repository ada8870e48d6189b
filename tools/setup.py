"""Install everything this checkout needs into `.venv`, by the lock files; does nothing when nothing changed.

Needs Python 3.11 or newer and the package registries. `--for-tests` also makes sure a Chromium is there, and the mail
server that the tests of mail talk to.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMP = VENV / ".installed"
LOCK = ROOT / "requirements.lock"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_VARIABLE = "RAPPORT_CHROMIUM"


def main() -> int:
    """Bring `.venv` and the browser libraries up to date. Return 0, or 1 after one line that says why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for-tests", action="store_true", help="also make sure a Chromium and a Dovecot are there")
    arguments = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 -- this is where older ones learn of it
        return refuse(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    try:
        install()
        build()
        if arguments.for_tests:
            have_mail_server()
            return have_browser()
    except subprocess.CalledProcessError as error:
        return refuse(f"`{' '.join(map(str, error.cmd[:6]))} …` failed with exit code {error.returncode}")
    except OSError as error:
        return refuse(f"{error.filename or ROOT}: {error.strerror or error}")
    return 0


def install() -> None:
    """Make `.venv` hold exactly what the lock names, and this checkout itself."""
    wanted = digest(LOCK, ROOT / "pyproject.toml", Path(__file__))
    if STAMP.is_file() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    say("Installing Python packages into .venv")
    STAMP.unlink(missing_ok=True)
    if not PYTHON.exists() or not UV.exists():
        venv.create(VENV, with_pip=importlib.util.find_spec("ensurepip") is not None, clear=True)
        install_uv()
    environment = {**os.environ, **index()}
    quiet: list[str] = [] if sys.stderr.isatty() else ["--quiet"]
    run(UV, "pip", "sync", *quiet, "--python", PYTHON, "--require-hashes", LOCK, env=environment)
    editable: tuple[str | Path, ...] = ("--no-deps", "--no-build-isolation", "--editable", ROOT)
    run(UV, "pip", "install", "--quiet", "--python", PYTHON, *editable, env=environment)
    STAMP.write_text(wanted)


def install_uv() -> None:
    """Install uv, at the version and with the hashes of the lock, by pip: that of the venv or this Python's."""
    lines = LOCK.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("uv=="))
    last = next(number for number in range(first, len(lines)) if not lines[number].endswith("\\"))
    with tempfile.TemporaryDirectory() as directory:
        wanted = Path(directory) / "uv.txt"
        wanted.write_text("\n".join(lines[first : last + 1]) + "\n")
        options: list[str | Path] = ["--quiet", "--no-input", "--no-deps", "--require-hashes", "--requirement", wanted]
        if (VENV / "bin" / "pip").exists():
            run(PYTHON, "-m", "pip", "--disable-pip-version-check", "install", *options)
        elif importlib.util.find_spec("pip"):
            run(sys.executable, "-m", "pip", "--python", PYTHON, "install", *options)
        else:
            raise OSError(0, "neither ensurepip nor pip is here; install python3-venv", "python3")


def index() -> dict[str, str]:
    """Return where uv finds packages when pip was told of another place than the public one."""
    if any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return {}
    told = os.environ.get("PIP_INDEX_URL") or pip_setting("global.index-url")
    return {"UV_DEFAULT_INDEX": told} if told else {}


def pip_setting(name: str) -> str:
    """Return a setting of pip's configuration files, or an empty text."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", name], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def build() -> None:
    """Copy the browser libraries and compile the translations."""
    for name in ("browser_libraries.py", "messages.py"):
        tool = ROOT / "tools" / name
        if tool.exists():
            run(PYTHON, tool, *(["compile"] if name == "messages.py" else []))


def have_mail_server() -> None:
    """Install Debian's Dovecot when none is found and that is possible; without one, the tests of IMAP are skipped."""
    if shutil.which("dovecot"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Debian's dovecot-imapd for the tests of mail")
        debian("dovecot-imapd")
    else:
        say("The tests of IMAP will be skipped: install the package `dovecot-imapd` (Debian) or `dovecot`")


def have_browser() -> int:
    """Install Debian's chromium when no Chromium is found and that is possible; else say what to install."""
    if find_browser():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Debian's chromium for the browser tests")
        debian("chromium")
        if find_browser():
            return 0
    return refuse(
        "the browser tests need Chromium: install the package `chromium` (Debian, Fedora, Arch) or Google Chrome,"
        f" or name its program in {BROWSER_VARIABLE}"
    )


def debian(package: str) -> None:
    """Install a package of Debian, as root."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "-qq", "update", env=environment)
    run("apt-get", "-qq", "install", "-y", "--no-install-recommends", package, env=environment)


def find_browser() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    named = os.environ.get(BROWSER_VARIABLE)
    if named:
        return named if Path(named).exists() else None
    application = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or (str(application) if application.exists() else None)


def digest(*paths: Path) -> str:
    """Return one SHA-256 over this Python's version and the contents of `paths`."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command whose output, should there be any, goes to standard error."""
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=env)


def say(line: str) -> None:
    """Tell what is being done."""
    print(line, file=sys.stderr, flush=True)


def refuse(line: str) -> int:
    """Say why it can't go on; return the exit code for that."""
    print(f"set-up: {line}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
