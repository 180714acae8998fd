"""Jobs in the settings: what waits, runs, failed and is done; trying again, and what comes when."""
