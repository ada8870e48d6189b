"""The chat for web sites: one script tag there, a frame served here, and what passes between them."""
