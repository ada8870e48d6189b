"""What the program stands on: its data directory, the embedded database, locks, processes, backup, doctor.

This package knows no business. Everything but ``backup``, ``restore`` and ``doctor`` works without Django, so
that the commands answer quickly and the supervisor stays small.

Words: a *home* is the directory everything is written to; a *refusal* is an error told to a person in one
line; the *supervisor* is the process that starts the web server and the worker and watches them.
"""
