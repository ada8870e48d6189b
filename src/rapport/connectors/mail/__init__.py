"""Mail in and out: IMAP and SMTP with any server, and doors at which servers hand mail over themselves.

What comes in by whatever way is *filed* by one function. A *watcher* waits at a mailbox for new mail (IDLE); without
one, every mailbox is looked into each minute.
"""
