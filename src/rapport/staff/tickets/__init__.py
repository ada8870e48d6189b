"""Tickets as a list."""
