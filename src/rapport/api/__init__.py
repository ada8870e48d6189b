"""The typed HTTP API for other programs."""
