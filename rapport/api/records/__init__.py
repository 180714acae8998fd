"""Records of every type as JSON."""
