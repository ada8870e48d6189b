"""The one error of this package that a person reads."""


class Refusal(Exception):
    """Something outside the program is in the way; the text is one clear line: what, and what to do."""
