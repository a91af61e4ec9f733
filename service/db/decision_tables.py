"""Answers kept for repeated requests. Only repositories use these tables."""
