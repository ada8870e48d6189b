"""The staff: users, teams, roles with the reach of each right, the organisation, API tokens and saved views."""
