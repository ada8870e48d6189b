"""The parts of a merge: rows that go over, values that are put together, consent, what is first of its kind."""
