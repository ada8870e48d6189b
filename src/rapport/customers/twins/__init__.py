"""Who may be one with whom: what of a customer is compared, under which keys they meet, how likely it is, and why."""
