"""Reminders: told once, some minutes before an activity is due, in the page and by mail."""
