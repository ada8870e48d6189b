"""Mapping: which column of a file becomes which field of which noun, and the cells as typed values.

*Noun*: customer, product, order, line, payment, delivery, promise, review. *Target*: a field of a noun that a
column can become. *Profile*: a mapping with a name, for files that look alike. The database is asked for nothing but
the firm's own fields.
"""
