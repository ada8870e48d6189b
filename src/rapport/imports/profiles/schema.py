"""What a profile says, and that it makes sense."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rapport.imports.mapping.targets import MANY, TARGETS, Noun, targets_of
from rapport.kernel.conditions.registry import DECLARED
from rapport.kernel.search import fold

VERSION = 1


class BadProfile(ValueError):
    """A mapping that makes no sense; the text says where."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def header_key(name: str) -> str:
    """A header as it is compared: folded, without marks: `E-mail 1 - Value` → `e mail 1 value`."""
    return " ".join("".join(c if c.isalnum() or c in "*?" else " " for c in fold(name)).split())


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Through(_Part):
    """The value stands in another file of the set: where its `key` is this cell, its `value` is meant."""

    file: str
    key: str
    value: str


class Part(_Part):
    """One part of a cell: split at `separator`, the part at `index` (from 0, negative from the end)."""

    separator: str
    index: int


class Source(_Part):
    """Where the value of one field comes from, and what happens to it on the way, in this order.

    `column`: the first of these columns that the file has. `columns`: all of these that it has, joined by
    `join` (or each a value of its own, for e-mails and phones). Names may hold `*`. `constant` stands for
    every row. `strip`: characters taken off both ends. `part`: one part of the cell. `values`: spellings
    (folded, may hold `*`) → value; an empty value empties the cell; spellings that are not listed stay.
    `prefix` and `pad` (zeros in front up to this length) are put to what is not empty. `title`: capitals at
    the start of words. `through`: look it up in another file; `otherwise` keep the cell itself when it is
    not found there. `on_error`: a cell that does not fit refuses its `row`, or only the `cell` is left out.
    `low` and `high` are the scale of a score.
    """

    column: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    columns: tuple[str, ...] = ()
    constant: str | None = None
    join: str = " "
    strip: str = ""
    part: Part | None = None
    values: dict[str, str] = Field(default_factory=dict)
    prefix: str = ""
    pad: int = 0
    title: bool = False
    through: Through | None = None
    otherwise: Literal["empty", "cell"] = "empty"
    on_error: Literal["row", "cell"] = "row"
    low: int = 1
    high: int = 5

    def found_in(self, header: tuple[str, ...]) -> list[int]:
        """The positions of the columns it takes from a file with this header."""
        if self.columns:
            return [place for pattern in self.columns for place in _matching(pattern, header)]
        for pattern in self.column:
            if places := _matching(pattern, header):
                return places[:1]
        return []


def _matching(pattern: str, header: tuple[str, ...]) -> list[int]:
    if pattern in header:
        return [header.index(pattern)]
    wanted = header_key(pattern)
    return [place for place, name in enumerate(header) if fnmatchcase(header_key(name), wanted)]


class When(_Part):
    """Which rows an extract takes: those whose `column` is filled, or has one of `values`."""

    column: str
    values: tuple[str, ...] = ()


def _as_source(value: Any) -> Any:
    return {"column": value} if isinstance(value, str | list) else value


Fields = dict[str, Annotated[Source, BeforeValidator(_as_source)]]


class Extract(_Part):
    """One noun out of one file: the columns of its fields.

    `once`: rows of the same key are one thing, whose fields are the first filled cells; without it a key
    that comes again is an error. `custom` are custom fields by their keys, `links` those of a custom object.
    """

    noun: Noun
    file: str
    once: bool = False
    when: When | None = None
    fields: Fields = Field(default_factory=dict)
    custom: Fields = Field(default_factory=dict)
    links: Fields = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fields_are_known(self) -> Self:
        known = targets_of(self.noun)
        if not known:
            raise ValueError(f"there is no {self.noun}; take one of {', '.join(TARGETS)} or custom_ and a key")
        if not self.declared and not self.fields:
            raise ValueError(f"{self.noun} needs fields")
        if not self.declared and self.links:
            raise ValueError(f"{self.noun} has no links")
        if self.declared and (self.once or any(source.through for source in self.fields.values())):
            raise ValueError("records of custom objects stand in one row each, and nothing of theirs is looked up")
        unknown = sorted(set(self.fields) - set(known))
        if unknown:
            raise ValueError(f"{self.noun} has no field {', '.join(unknown)}")
        missing = sorted(name for name, target in known.items() if target.required and name not in self.fields)
        if missing:
            raise ValueError(f"{self.noun} needs {', '.join(missing)}")
        if any(source.through for source in (*self.custom.values(), *self.links.values())):
            raise ValueError("custom fields and links cannot be looked up")
        for name, source in self.fields.items():
            if source.columns and source.through and name in MANY:
                raise ValueError(f"{self.noun}.{name} takes several columns and cannot be looked up")
        return self

    @property
    def declared(self) -> bool:
        """Whether it is about records of a custom object."""
        return self.noun.startswith(DECLARED)

    def sources(self) -> dict[str, Source]:
        """All its fields with where they come from: the firm's own as custom.KEY, links as links.KEY."""
        own = {f"custom.{key}": source for key, source in self.custom.items()}
        return {**self.fields, **own, **{f"links.{key}": source for key, source in self.links.items()}}


class FileShape(_Part):
    """By which columns one file of the set is known, and how it is read where that cannot be seen.

    `columns` must all be there. `without`: columns of a file that only looks alike.
    """

    columns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kind: Literal["", "csv", "xlsx", "vcard"] = ""
    delimiter: str | None = None
    header_row: int | None = None
    decimal: Literal["", ".", ","] | None = None
    date_order: Literal["", "ymd", "dmy", "mdy"] | None = None
    width: int = 0


class Profile(_Part):
    """A mapping with a name.

    `namespace` says whose numbers the files hold; `currency`, `country` and `zone` stand for what is not
    written there (the organisation's otherwise). `ignore` are columns that are never read, such as hashes
    of passwords. `files` are known by their headers.
    """

    schema_version: Literal[1] = Field(1, alias="schema")
    name: str
    label: str
    namespace: str = Field("", max_length=40)
    currency: str = ""
    country: str = ""
    zone: str = ""
    ignore: tuple[str, ...] = ()
    files: dict[str, FileShape]
    nouns: tuple[Extract, ...]

    @model_validator(mode="after")
    def _files_are_known(self) -> Self:
        for extract in self.nouns:
            used = {extract.file, *(source.through.file for source in extract.fields.values() if source.through)}
            unknown = sorted(used - set(self.files))
            if unknown:
                raise ValueError(f"there is no file {', '.join(unknown)}")
        return self

    def lookups(self) -> set[Through]:
        """What has to be known of other files to look values up."""
        return {source.through for extract in self.nouns for source in extract.fields.values() if source.through}
