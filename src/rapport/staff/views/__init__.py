"""Saved views: what may happen to one, and those that its reader pinned to the rail."""
