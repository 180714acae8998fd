"""Who takes part in a deal, and with which role."""
