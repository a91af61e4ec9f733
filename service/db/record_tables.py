"""Purpose records: what each run and each list was made from, and who saw it. Only repositories use these tables."""
