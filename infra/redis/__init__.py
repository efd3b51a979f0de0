"""Redis: the live stream, latest values, the courtesy check of duplicates."""
