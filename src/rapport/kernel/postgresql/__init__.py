"""Django's PostgreSQL backend, which asks a kept connection for its health without a query and writes SQL faster."""
