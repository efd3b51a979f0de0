"""Draws the demo city's assets, relations and base map from its hand-written plan; the same plan gives the same bytes."""
