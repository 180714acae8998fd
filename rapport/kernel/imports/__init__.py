"""Import: from the bytes of a file to records."""
