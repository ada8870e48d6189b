"""What a member and the firm wrote to each other: asking, answering, closing, rating."""
