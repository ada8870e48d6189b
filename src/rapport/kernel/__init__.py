"""The ground every domain stands on: ids, clock, money, actors, rights, verbs, events, conditions, search.

There is no business word in here. *Actor*: who acts, and by which way. *Right*: the name of something one may do.
*Verb*: a function that changes rows. *Event*: a fact, written with the change it tells of. *Door*: the only way
to rows.
"""
