"""Customers → Duplicates: the queue of pairs, two side by side, merging and taking apart."""
