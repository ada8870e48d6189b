"""Questions about the knowledge base: by readers, by writers, and about how it is used."""
