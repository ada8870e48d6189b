"""The first run: the organisation and its first administrator on one page, then what to start with."""
