"""Protected traits: read by the fairness report alone. Only repositories use these tables."""
