"""Promises: what was promised to whom by when, and whether it was kept, late or broken.

A promise *falls due* at a moment, or at the end of a day in its zone. It is *kept* when fulfilled in time, *late* when
fulfilled afterwards or overdue, *broken* when it will not be fulfilled, and *released* when the customer let us off.
"""
