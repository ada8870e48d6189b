"""Custom objects: what a firm keeps beyond the nouns of the product: contracts, vehicles, courses, properties.

*Object type*: what such things are called and what is known of them; its fields are custom fields. *Record*: one of
them, with a name, a number, whose it is (a customer) and who looks after it. *Link*: a record leads to one of another
type.

All records are rows of one table, so nothing is declared in the database while the product runs. Everything else
follows from the declaration: lists with views, pages, conditions, rights, the API, imports and the customer's timeline.
"""
