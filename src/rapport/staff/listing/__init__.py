"""Listings: one description of a noun gives its table, filter bar, saved views, sorting, pages, bulk verbs and export.

*Listing*: the description. *Asked*: what an address asks of it: filter, search, order, columns, page. *View*: a list
that somebody keeps. *Cursor*: the row after or before which a page begins.
"""
