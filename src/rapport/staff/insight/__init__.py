"""Insight on a page: the owner's dashboard, and a page for each metric."""
