"""Django's PostgreSQL engine, with what it makes slower than the driver taken out of the way."""
