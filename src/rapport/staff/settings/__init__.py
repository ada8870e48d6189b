"""The settings: organisation, users, teams, roles, custom fields, API tokens, targets, sample data, audit."""
