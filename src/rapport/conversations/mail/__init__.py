"""Mail as a matter of bytes and words: reading, threading, folding, bounces, cleaning and writing, without a database.

An *incoming* mail is what a server hands over, an *outgoing* one what we hand to it. *Fresh* text is what its writer
wrote anew; the rest is *quoted* or *signature*. A *token* is a signed mark by which we know our own threads again.
"""
