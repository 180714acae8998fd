"""The calendar of activities: whose it is, how its entries look, planning on it."""
