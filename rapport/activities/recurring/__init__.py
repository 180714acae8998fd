"""Recurring activities: a rule, and its occurrences as activities of their own some weeks ahead."""
