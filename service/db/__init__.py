"""Storage: tables, sessions and the repositories, which alone speak SQL."""
