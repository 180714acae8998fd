"""Records that are probably the same: found while typing, at every door and in a work list."""
