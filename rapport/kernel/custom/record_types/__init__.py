"""Record types that administrators add: a table, a model and all that built-in types have."""
