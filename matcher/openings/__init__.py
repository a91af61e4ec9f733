"""What would open a place: changes that somebody can really make, searched, tried and ranked."""
