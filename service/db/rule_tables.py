"""Rules: what a municipality has changed or added, by whom and why. Only repositories use these tables."""
