"""Conversations: every talk with a customer, whatever the channel, in one shared inbox.

A *thread* is one talk; its *messages* come in, go out or are *notes* that only the staff sees. A customer *waits* from
their first message that nobody answered. An answer is *queued*, handed over to a *gateway* (mail, chat …) and *sent*.
"""
