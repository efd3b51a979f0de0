"""Where the wind comes from, in words: the eight winds."""

EIGHT = (
    ("north", "bắc"),
    ("north-east", "đông bắc"),
    ("east", "đông"),
    ("south-east", "đông nam"),
    ("south", "nam"),
    ("south-west", "tây nam"),
    ("west", "tây"),
    ("north-west", "tây bắc"),
)


def wind_words(direction_deg: float) -> tuple[str, str]:
    """The nearest of the eight winds to a direction in degrees clockwise from north, English and Vietnamese."""
    return EIGHT[round(direction_deg / 45) % 8]
