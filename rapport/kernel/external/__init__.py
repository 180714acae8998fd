"""Keys under which other systems know our records."""
