"""Orders: the list, one order with everything that belongs to it, and what may be done with it."""
