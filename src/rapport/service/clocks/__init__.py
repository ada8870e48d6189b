"""Business time, computed from nothing but values: calendars with open hours, and the clocks that run in them.

Moments are aware, lengths are `timedelta`s, stretches are half-open pairs of moments. All arithmetic is done in whole
microseconds of UTC: the difference of two moments of one zone is wall-clock time in Python, an hour off across a
change of the clocks.
"""
