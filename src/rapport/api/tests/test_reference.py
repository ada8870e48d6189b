from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from rapport.api import reference

SNAPSHOT = Path(reference.__file__).parent / "openapi.json"


def test_the_snapshot_is_what_the_program_says() -> None:
    """A change of the API shows in the diff: `make docs` writes the snapshot anew."""
    assert json.loads(SNAPSHOT.read_text("utf-8")) == json.loads(json.dumps(reference.document()))


@pytest.mark.django_db
def test_the_page_names_every_operation() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    document = reference.document()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in page
            assert operation["summary"] in page


@pytest.mark.django_db
def test_the_document_is_served() -> None:
    assert Client().get("/api/v1/openapi.json").json()["info"]["title"] == "Rapport"
