"""The timeline: every touchpoint of a customer, read from the event table, and the notes, calls and meetings logged.

*Touchpoint*: an event that the timeline shows. *Activity*: a note, call or meeting that somebody logged.
"""
