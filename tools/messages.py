"""Collect the texts to translate into src/rapport/locale, and compile the translations.

`messages.py` does both, `messages.py compile` only the second, `messages.py collect pt` begins a new language. Texts
of Python files are those in gettext's calls, texts of templates those in the translation tags.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "rapport"
LOCALE = SOURCE / "locale"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# What Django makes of the tags of a template: calls of gettext among letters that stand for everything else.
CALL = re.compile(
    r"""(?:\b(?P<name>n?p?gettext)\(|\b_\()\s*
        (?P<texts>u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\s*,\s*u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*)""",
    re.VERBOSE,
)
TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


def main() -> int:
    """Do what the words of the command line say; return 0."""
    words = sys.argv[1:]
    if not words or words[0] == "collect":
        collect(words[1:])
    compile_all()
    return 0


def collect(new: list[str]) -> None:
    """Bring the catalogue of each language, and of each `new` one, up to the texts of the source."""
    template = Catalog(project="Rapport", fuzzy=False)
    for place, line, message, comments, context in texts():
        template.add(message, locations=[(place, line)], auto_comments=comments, context=context)
    languages = {path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/django.po")}
    for language in sorted(languages | set(new)):
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = opened(path, language)
        made = catalog.creation_date  # a date that changed with every run would be noise in the history
        catalog.update(template, no_fuzzy_matching=True)
        catalog.creation_date = made
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)
        missing = sum(1 for message in catalog if message.id and not message.string)
        print(f"{language}: {len(catalog)} texts, {missing} to translate")


def opened(path: Path, language: str) -> Catalog:
    """Return the catalogue of a language, an empty one when it is new."""
    if path.exists():
        return read_po(io.BytesIO(path.read_bytes()), locale=language)
    header = "# Translations of Rapport; `make messages` collects the texts.\n"
    return Catalog(locale=language, project="Rapport", version="1", header_comment=header, fuzzy=False)


def texts() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    """Yield file, line, text (or singular and plural), comments for translators, and context."""
    for path in sorted(SOURCE.rglob("*")):
        if "tests" in path.parts or "vendor" in path.parts:
            continue
        place = path.relative_to(SOURCE).as_posix()
        if path.suffix == ".py":
            with path.open("rb") as file:
                found = extract("python", file, KEYWORDS, comment_tags=("Translators:",))
                yield from ((place, line, text, notes, context) for line, text, notes, context in found)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield from of_template(place, path.read_text("utf-8"))


def of_template(place: str, source: str) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    """Yield the texts of one template."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    calls = templatize(source)
    for call in CALL.finditer(calls):
        parts = [unquoted(text) for text in TEXT.findall(call["texts"])]
        name = call["name"] or "gettext"
        context = parts.pop(0) if "p" in name.removesuffix("gettext") else None
        message = (parts[0], parts[1]) if name.startswith("n") else parts[0]
        yield place, calls.count("\n", 0, call.start()) + 1, message, [], context


def unquoted(text: str) -> str:
    """Return what a quoted text says."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), text[1:-1])


def compile_all() -> None:
    """Write the compiled form of every catalogue that changed."""
    for path in LOCALE.glob("*/LC_MESSAGES/django.po"):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        catalog = read_po(io.BytesIO(path.read_bytes()), locale=path.parent.parent.name)
        with compiled.open("wb") as file:
            write_mo(file, catalog)


if __name__ == "__main__":
    sys.exit(main())
