"""Template tags of the design system; they are built in, no template loads them."""
