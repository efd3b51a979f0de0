"""Draws the demo city from its hand-written plan; the same plan gives the same bytes."""
