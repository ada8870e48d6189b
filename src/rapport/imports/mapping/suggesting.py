"""Suggesting a mapping for files that no profile knows: by the names of columns in several languages, and by cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rapport.imports.mapping.targets import NOUNS, TARGETS, Noun, Target
from rapport.imports.profiles.schema import Extract, FileShape, Profile, Source, header_key
from rapport.imports.reading import Table

# How sure a suggestion is: a header that is exactly the field's, one that holds its words, cells of its kind only.
EXACT, PART, CELLS = 1.0, 0.6, 0.4
_LEAST = 0.4
# The share of cells that must be of the field's kind: few under a header that is the field's, else most.
_SOME, _MOST = 0.05, 0.6
# Fewer cells than these say nothing against a header that is the field's: they are errors of their rows.
_TELLING_CELLS = 20
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()./-]{7,20}")
_SECRET = re.compile(r"password|passwort|hash|token|secret|iban|card number|cvv|ssn")
_SAMPLE = 200
# The fields without which a file is not about a noun: one of each group must be found.
_TELLING: Mapping[Noun, tuple[tuple[str, ...], ...]] = {
    "customer": (("external", "name", "given_name", "family_name", "email", "phone", "company"),),
    "product": (("sku",), ("name", "price", "category")),
    "order": (("number",), ("placed_at", "total")),
    "line": (("order_number",), ("sku", "name"), ("quantity", "unit_price", "total")),
    "payment": (("order_number",), ("amount",), ("method", "reference", "installments")),
    "delivery": (("order_number",), ("carrier", "tracking")),
    "promise": (("what", "order_number", "external"), ("due_on", "due_at"), ("made_at",)),
    "review": (("score",), ("order_number", "customer_external", "customer_email", "text", "external")),
    "transaction": (("customer_external", "customer_email"), ("at",), ("amount",)),
}


Rate = Callable[[Target, str, list[str]], float]


@dataclass(frozen=True)
class Guess:
    """A column for a field, with how sure that is (0 to 1)."""

    file: str
    noun: Noun
    field: str
    column: str
    confidence: float


@dataclass(frozen=True)
class Suggestion:
    """A mapping to begin with, and for each field why."""

    profile: Profile
    guesses: tuple[Guess, ...]

    def unused(self, tables: Sequence[Table]) -> dict[str, list[str]]:
        """The columns of each file that nothing was found for."""
        used = {(guess.file, guess.column) for guess in self.guesses}
        return {
            table.path.name: [name for name in table.names if (role_of(table, number), name) not in used]
            for number, table in enumerate(tables)
        }


def suggest(
    tables: Sequence[Table], nouns: Iterable[Noun] = NOUNS, own: Mapping[Noun, Mapping[str, Target]] | None = None
) -> Suggestion:
    """A mapping of these files to the nouns that they seem to be about; `own` are custom fields by noun and key."""
    wanted = [noun for noun in NOUNS if noun in set(nouns)]
    extracts: list[Extract] = []
    guesses: list[Guess] = []
    files: dict[str, FileShape] = {}
    for number, table in enumerate(tables):
        role = role_of(table, number)
        files[role] = FileShape(columns=tuple(table.names), kind="vcard" if table.form.kind == "vcard" else "")
        cells = first_cells(table)
        about = _about(table, cells, wanted, _rate_by_cells) or _about(table, cells, wanted, rate_of)
        for noun, found in _apart({noun: _fields(role, noun, table, cells, rate_of) for noun in about}).items():
            once = _once(noun, table)
            custom = _custom((own or {}).get(noun, {}), table, {guess.column for guess in found if _sure(guess)})
            taken = {source.column[0] for source in custom.values()}
            # What a line cost is not what the product costs.
            lines = {"price", "cost"} if once and noun == "product" else set()
            kept = [guess for guess in found if guess.column not in taken and guess.field not in lines]
            guesses += kept
            fields = {guess.field: Source(column=(guess.column,)) for guess in kept}
            extracts.append(Extract(noun=noun, file=role, once=once, fields=fields, custom=custom))
    profile = Profile(schema=1, name="suggested", label="Suggested mapping", files=files, nouns=tuple(extracts))
    return Suggestion(profile, tuple(guesses))


def _custom(own: Mapping[str, Target], table: Table, used: set[str]) -> dict[str, Source]:
    """The custom fields that columns are named after, of those columns that are surely nothing else."""
    free = {header_key(name): name for name in reversed(table.names) if name not in used}
    found = {key: [free[header] for header in target.headers if header in free] for key, target in own.items()}
    return {key: Source(column=(names[0],)) for key, names in found.items() if names}


def _apart(found: Mapping[Noun, list[Guess]]) -> dict[Noun, list[Guess]]:
    """The guesses without those of columns that are surely something else: "Product name" names no customer."""
    sure = {guess.column for guesses in found.values() for guess in guesses if _sure(guess)}
    kept = {
        noun: [
            guess for guess in guesses
            if _sure(guess) or guess.column not in sure or TARGETS[noun][guess.field].required
        ]
        for noun, guesses in found.items()
    }  # fmt: skip
    return {noun: guesses for noun, guesses in kept.items() if _tell(noun, guesses)}


def _tell(noun: Noun, guesses: Iterable[Guess]) -> bool:
    """Whether these fields are enough for a file to be about a noun."""
    fields = {guess.field for guess in guesses}
    return all(fields & set(group) for group in _TELLING[noun])


def _sure(guess: Guess) -> bool:
    """Whether the name of the column is the field's, not merely one that holds its words."""
    return guess.confidence > PART


def role_of(table: Table, number: int) -> str:
    stem = re.sub(r"\W+", "_", PurePath(table.path.name.split(".")[0]).name).strip("_").lower()
    return f"{stem or 'file'}_{number + 1}"


def _once(noun: Noun, table: Table) -> bool:
    """Beside lines in the same file, customers, products and orders repeat on every row."""
    return noun in ("customer", "order", "product") and _has_lines(table)


def _has_lines(table: Table) -> bool:
    header = {header_key(name) for name in table.names}
    return bool(_best(TARGETS["line"]["order_number"], header) and _best(TARGETS["line"]["quantity"], header))


def first_cells(table: Table) -> dict[str, list[str]]:
    """The first filled cells of each column."""
    blocks = table.sample(_SAMPLE)
    return {
        name: [cell for block in blocks for cell in block.columns[place].slice(0, _SAMPLE).to_pylist() if cell.strip()]
        for place, name in enumerate(table.names)
    }


def _about(table: Table, cells: Mapping[str, list[str]], nouns: Sequence[Noun], rate: Rate) -> list[Noun]:
    found = [noun for noun in nouns if _tell(noun, _fields("", noun, table, cells, rate))]
    if "review" in found and "line" not in found:
        return ["review"]
    if "order" in found or "line" in found:
        return [noun for noun in found if noun not in ("transaction", "promise")]
    if {"transaction", "customer"} <= set(found):
        return ["transaction"] if len(table.names) <= 6 else ["customer"]
    return found


def _fields(role: str, noun: Noun, table: Table, cells: Mapping[str, list[str]], rate: Rate) -> list[Guess]:
    """The best column for each field, each column once."""
    rated: list[tuple[float, int, str, str]] = []
    for order, target in enumerate(TARGETS[noun].values()):
        for name in table.names:
            confidence = rate(target, name, cells.get(name, []))
            if confidence >= _LEAST:
                rated.append((confidence, -order, target.name, name))
    guesses: dict[str, Guess] = {}
    used: set[str] = set()
    for confidence, _, field, name in sorted(rated, reverse=True):
        if field not in guesses and name not in used:
            guesses[field] = Guess(role, noun, field, name, round(confidence, 2))
            used.add(name)
    return [guesses[field] for field in TARGETS[noun] if field in guesses]


def rate_of(target: Target, name: str, cells: list[str], telling: int = _TELLING_CELLS) -> float:
    """How sure it is that a column is a field: its name first, then whether its cells are of the kind.

    From `telling` cells on, cells that are of another kind speak against a name that is the field's.
    """
    key = header_key(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    if _SECRET.search(key):
        return 0
    by_name = _by_name(target, key)
    share = _share_of_kind(target, cells)
    named = by_name > PART  # exactly
    if share is not None and share < (_SOME if named else _MOST) and not (named and len(cells) < telling):
        return 0
    return by_name or (CELLS if share and target.type == "email" else 0)


def _rate_by_cells(target: Target, name: str, cells: list[str]) -> float:
    """The same, where what the cells are always counts: for finding out what a file is about."""
    return rate_of(target, name, cells, telling=1)


def _by_name(target: Target, key: str) -> float:
    compact = key.replace(" ", "")
    for rank, wanted in enumerate(target.headers):
        if key == wanted or compact == wanted.replace(" ", ""):
            return EXACT - rank * 0.01
    words = set(key.split())
    for rank, wanted in enumerate(target.headers[:8]):
        if len(wanted) > 3 and set(wanted.split()) <= words:
            return PART - rank * 0.01
    return 0


def _best(target: Target, header: Iterable[str]) -> float:
    return max((_by_name(target, key) for key in header), default=0)


def _share_of_kind(target: Target, cells: list[str]) -> float | None:
    """The share of cells that can be of the field's kind; None when they do not tell."""
    if not cells:
        return None
    if target.type == "email":
        return _share(_EMAIL, cells)
    if target.type == "phone":
        return _share(_PHONE, cells)
    if target.type in ("money", "decimal", "integer", "score"):
        return _share(re.compile(r"[^@]*\d[^@]*"), cells)
    if target.type in ("date", "moment"):
        return _share(re.compile(r".*\d.*[\d/.:-].*"), cells)
    return None


def _share(pattern: re.Pattern[str], cells: list[str]) -> float:
    return sum(1 for cell in cells if pattern.fullmatch(cell.strip())) / len(cells)
