"""What is said in both languages."""

Pair = tuple[str, str]
"""English and Vietnamese."""
