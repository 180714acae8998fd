"""Making one record of several, so that it can be taken back."""
