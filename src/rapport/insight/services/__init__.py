"""The verbs of insight: targets, rules, and the kind of a relationship."""
