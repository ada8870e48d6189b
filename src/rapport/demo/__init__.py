"""The demonstration business: real purchases of a real company, with made-up names that say so."""
