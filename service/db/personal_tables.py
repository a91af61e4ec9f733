"""CPR numbers under lock and key, and statistics that outlive erased rows. Only repositories use these tables."""
