"""My account: name, language, zone and theme; password and second step are allauth's, in our layout."""
