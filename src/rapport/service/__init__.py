"""Service: tickets, who takes them, and the clocks that run on them.

A *calendar* says when somebody works, a *policy* how soon a ticket is answered and solved. A *clock* is computed from
the history of a ticket: it runs in open hours, and waiting and closed time are gaps in it.
"""
