"""The list of customers, adding and changing them, the trash, and what may be done to many at once."""
