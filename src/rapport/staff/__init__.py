"""The back office: pages for the staff, one package for each domain."""
