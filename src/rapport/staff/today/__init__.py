"""Today: what is owed to whom, who waits for an answer, who is slipping away, and how the week goes."""
