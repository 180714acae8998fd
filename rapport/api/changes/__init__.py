"""What changed since a position."""
