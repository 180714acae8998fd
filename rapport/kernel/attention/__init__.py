"""What needs a user and why: areas say it, My day and the daily mail show it, ranked."""
