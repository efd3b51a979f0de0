"""The edges of the city: one folder each, all into the one door (docs/decisions)."""
