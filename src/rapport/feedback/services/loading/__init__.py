"""Reviews and survey answers in bulk."""

from __future__ import annotations

from rapport.feedback.services.loading.merging import merge, stage
from rapport.feedback.services.loading.undoing import undo

__all__ = ["merge", "stage", "undo"]
