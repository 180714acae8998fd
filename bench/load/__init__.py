"""Fifty people at work, with machines beside them, while things break: `python -m bench load`."""
