"""Outreach: calls to companies and what they answered. Only repositories use these tables."""
