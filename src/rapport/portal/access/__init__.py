"""Coming in and going out: by a mailed link or a password."""
