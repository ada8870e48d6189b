"""Reviews and answers to surveys, as a list."""
