"""What a member sees of their own: orders, promises, details, consent and data."""
