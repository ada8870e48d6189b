"""A wire by which mail leaves, and files of the test's own."""

from __future__ import annotations

from rapport.conversations.tests.conftest import files_aside, wire

__all__ = ["files_aside", "wire"]
