"""The audit chain: who did what, append-only. Only repositories use these tables."""
