"""What detect has learned of a sensor, on `city.normals.v1`: weeks of learning outlive any format of its pages."""

import msgspec

from schemas.times import At


class Normal(msgspec.Struct, frozen=True, kw_only=True):
    """What one quantity of one sensor usually is; numbers in the quantity's own unit. The key is `id`."""

    id: str
    """`<sensor id>/<quantity>`."""
    at: At
    """Time of the newest reading that it was learned from."""
    readings: int
    """How many it was learned from."""
    gap_s: float
    """Usual time between readings, seconds."""
    level: float
    """The middle over all hours."""
    spread_above: float
    spread_below: float
    """A robust standard deviation of readings above and below the middle of their hour."""
    offsets: list[float]
    """By hour of the day (UTC), 24: what the middle of the hour adds to the level once it was seen often enough."""
    visits: list[float]
    """By hour of the day: readings that its offset was learned from."""
    often_above: list[float] = []
    often_below: list[float] = []
    """How far above and below the middle the largest eight excursions went; empty: not known."""


encode_normal = msgspec.json.Encoder().encode
decode_normal = msgspec.json.Decoder(Normal).decode
