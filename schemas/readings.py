"""What travels on `city.readings.<domain>.v1`: packs of readings, and ticks."""

import msgspec

MEASURING, CALIBRATING, FAULTY = "measuring", "calibrating", "fault"
STATES = (MEASURING, CALIBRATING, FAULTY)
"""States of an instrument; only in the first may a reading raise a limit signal (Circular 10/2021, Art. 39)."""


class Run(msgspec.Struct, frozen=True, gc=False):
    """The origin of `count` consecutive readings of a pack: the CloudEvent they came in."""

    source: str
    id: str
    count: int
    recorded_ms: int | None = None
    """When the collector got it, Unix milliseconds; None when the feed did not say."""
    received_ms: int = 0
    """When ingest received it, Unix milliseconds."""


class Pack(msgspec.Struct, frozen=True, tag="pack", tag_field="record"):
    """Readings of one domain and zone, as columns of equal length; the key of the record is the zone."""

    domain: str
    zone: str
    names: list[str]
    """`<sensor id>/<quantity>`; the quantity's own unit applies, ingest has converted."""
    times: list[int]
    """Unix milliseconds UTC, when it was measured."""
    values: list[float]
    """Finite, in the quantity's own unit."""
    runs: list[Run]
    """In order; their counts add up to the length of the columns."""
    states: dict[int, str] = {}
    """Instrument state by index, where it is not `measuring`: `calibrating` or `fault`."""


class Tick(msgspec.Struct, frozen=True, tag="tick", tag_field="record"):
    """A record that says what time it is (DESIGN D11): one a second in every partition, written by ingest."""

    now_ms: int
    """Wall clock (`clock = "live"`) or the watermark (`clock = "events"`; 0 before its first event), Unix milliseconds
    UTC. Goes back only where the wall clock was wrong (`was_ahead`)."""
    clock: str = "live"
    sent_ms: int = 0
    """Wall clock when it was written, for the age of the pipeline."""


STANDING_MS = 900
"""A recording's clock that stands is passed on this often (wall clock of `sent_ms`): stages that wait are alive."""

ReadingRecord = Pack | Tick
decode_reading_record = msgspec.json.Decoder(ReadingRecord).decode
