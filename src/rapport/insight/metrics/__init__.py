"""The metrics: each is one function that returns an Ibis expression over the lake, registered with what it means.

A *flow* returns its facts: one row per thing that counts, with the day it belongs to (`on`) and a `value`. A *state*
returns one row per customer and window (`window`, `value`). A *model* returns a finished `Outcome`. The figure, its
trend, its interval and the rows behind it all come from the same facts.
"""
