"""The help centre: articles to find, to read and to judge, and products side by side."""
