"""What would help most of those who wait: changes, limits and new places, summed over everybody."""
