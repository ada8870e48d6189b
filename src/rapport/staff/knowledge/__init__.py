"""The knowledge base: writing, reviewing, translating and publishing what customers find themselves."""
