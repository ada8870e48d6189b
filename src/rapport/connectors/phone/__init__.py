"""The door for telephone systems: any of them may report its calls, in one form, signed."""
