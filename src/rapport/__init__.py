"""Rapport: an open-source, self-hosted customer relationship platform."""

__version__ = "0.1.0"
