"""Pins: views and records that a user keeps in his sidebar."""
