"""The `rapport` command: one module for each subcommand."""
