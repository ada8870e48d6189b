"""Where uploaded files wait for their import: in the home, a folder for each upload, gone once they are loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from rapport.imports.jobs import UPLOADS
from rapport.kernel.ids import new_id

LONGEST = 120


def keep(files: Iterable[UploadedFile[Any]]) -> list[Path]:
    """Write uploaded files to a new folder under names that are safe, and return where they are."""
    folder = Path(settings.MEDIA_ROOT) / UPLOADS / str(new_id())
    folder.mkdir(parents=True, mode=0o700)
    kept: list[Path] = []
    for number, file in enumerate(files, start=1):
        path = folder / safe_name(file.name or "", number)
        if path.exists():
            path = folder / f"{number}-{path.name}"
        with path.open("wb") as target:
            for piece in file.chunks():
                target.write(piece)
        kept.append(path)
    return kept


def safe_name(name: str, number: int) -> str:
    """Return the last part of a name without anything that a path could mean; "file-3" for nothing left."""
    plain = re.sub(r"[^\w.\- ()]+", "_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    return plain[-LONGEST:] or f"file-{number}"
