"""Meetings: planned, invited to, held or not; the calendar of the staff; and times that visitors book by themselves."""
