"""Naming colleagues in what one writes: "@" and a name, in comments and in texts of records that allow it."""
