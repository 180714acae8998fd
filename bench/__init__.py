"""Measures Rapport against the bare SQL that does the same: `make bench`."""
