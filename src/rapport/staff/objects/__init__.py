"""The pages of custom objects: a list and a page for every type that the firm declared."""
