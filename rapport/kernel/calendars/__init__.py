"""Calendars: the records of a type on the days of one of its dates, in months and weeks."""
