"""Many records in one call, and answers that are kept for a repeated call."""
