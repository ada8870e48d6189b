"""The lake: a copy of the tables for counting, as Parquet files that DuckDB reads through Ibis.

`manifest` says which files hold which table as of when; `refresh` brings it up to date in one consistent snapshot of
the database; `reader` opens it. Deleting the directory loses nothing: the next refresh builds it anew. Nothing of this
is imported before somebody asks for a number, because the engine takes memory.

How changes are found: triggers note the keys of changed rows in the transaction of the change (`insight_change`).
A refresh reads the notes and the rows in one snapshot and removes exactly the notes it has seen, so a row that is
committed late, with whatever date, is read by the next one. Files are never changed: a refresh writes the rows anew
into small files and lists the places of their earlier versions; later refreshes merge the small files.
"""
