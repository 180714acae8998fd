"""The door for programs: tokens, REST for every record type, changes since a position, webhooks."""
