"""The agent's page: the shared inbox over every channel, with the customer beside the talk."""
