"""Latest values and one-minute rollups of readings."""
