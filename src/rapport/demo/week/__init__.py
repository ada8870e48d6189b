"""A week of service work, made up: played through the same verbs that people use, with a clock that is moved along.

`scripts` reads what is said from files beside the code, `cast` chooses real customers with real orders for it, `hours`
says when, `desk`, `texts` and `shelf` set up who works by which rules, `acts` does one thing and `play` all of them.
"""

from rapport.demo.week.play import CAUSE, play

__all__ = ["CAUSE", "play"]
