"""Service: what customers ask for, who looks after it, and by when.

A *ticket* is one matter of one customer; its talk is the messages of its *threads*. Its *status* is the firm's own
word, and the status's *category* (new, open, waiting, solved, closed) is what rules and clocks go by. A *queue* is
where tickets wait for an owner; *routing* finds one. A *macro* is several steps in one go, a *canned answer* a text to
send again. A *complaint* has a *recovery*: what caused it, the amends made, and whether the customer came back.

A *calendar* says when somebody works, a *policy* how soon a ticket is answered and solved. A *clock* is computed from
the history of a ticket: it runs in open hours, and waiting and closed time are gaps in it.
"""
