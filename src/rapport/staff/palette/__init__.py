"""What the search in the top bar and the command palette find: customers, orders, products, and verbs to begin."""
