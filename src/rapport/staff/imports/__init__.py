"""Importing files in the browser: upload, mapping, dry run, load, and undo."""
