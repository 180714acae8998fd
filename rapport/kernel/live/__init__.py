"""Who has a page open learns what changes on it."""
