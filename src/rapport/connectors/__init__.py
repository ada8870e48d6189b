"""Ways to the outside: one folder for each service. Delete the folder and its service is gone."""
