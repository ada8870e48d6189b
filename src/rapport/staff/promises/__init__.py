"""Promises: what is owed to whom by when, and what may be done about it."""
