"""Answering how a ticket went, by the link of a mail: no account, no script; looking changes nothing."""
