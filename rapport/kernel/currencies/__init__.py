"""Currencies: rates with their dates, and sums that say what they hold."""
