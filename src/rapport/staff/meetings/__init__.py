"""The calendar of the staff, and what is done with a meeting."""
