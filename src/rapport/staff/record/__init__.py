"""The customer page: who they are, everything that happened, what is owed to them, and what to do next."""
