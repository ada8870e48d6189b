"""The reference pages of docs/, made from what is registered, so that they cannot be wrong."""
