"""Help that customers find themselves: articles, what is searched for, and what that spares everybody.

An *article* stands in a *category* and is written in one or more languages; each language is a *translation* with
*versions*. One version at most is being written (a *draft*), one at most is *published*. A translation is *stale* when
the article's own language was published again since. An *attempt* is somebody who began to write to us while articles
were suggested to them: whether it was sent is what deflection is measured by.
"""
