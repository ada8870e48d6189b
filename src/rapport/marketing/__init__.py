"""Marketing: segments.

*Segment*: customers who have something in common, by a condition that is kept up to date by itself (dynamic), or chosen
one by one (static). *Membership*: a customer is in a segment since a moment, and perhaps was until another. What a
segment's condition names, it stands on: segments may name segments, but never in a circle.
"""
