"""Customers: people and companies in one noun, how they are reached, and what they allow.

*Customer*: a person or a company. *Identity*: an address, number or handle by which one is known. *Affiliation*: a
person's part in a company. *Stage*: the place in the life cycle. *Consent*: what a customer allowed or withdrew.
"""
