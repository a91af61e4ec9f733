"""Webhooks: who is told, and what is still to be told. Only repositories use these tables."""
