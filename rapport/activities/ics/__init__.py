"""iCalendar files (RFC 5545): out of activities, into activities, and each user's own feed."""
