"""Feedback: reviews and survey answers. *Answer*: one score (with its scale) and text, when asked and when given."""
