"""Nouns without a business, for the tests of the kernel: things made by makers, of parts held by bolts."""
