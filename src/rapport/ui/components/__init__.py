"""The components as plain functions that return safe HTML: templates use them as tags, listings as cells.

The small ones that a page shows hundreds of times (`leaves`) are written in Python; the others render a template
of `ui/components/`.
"""
