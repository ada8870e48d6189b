"""Promises in bulk: delivery days of orders, and promises of any kind from files."""

from __future__ import annotations

from rapport.promises.services.loading.merging import merge, stage
from rapport.promises.services.loading.undoing import undo

__all__ = ["merge", "stage", "undo"]
