"""Segments in the back office: the list, a page for each, and defining one by a filter of customers."""
