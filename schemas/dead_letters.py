"""What could not be taken, kept whole with the reason (DESIGN D9)."""

import msgspec

from schemas.times import At


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A record of `city.dead-letters.v1`; the key is `<topic>/<partition>/<offset>`."""

    topic: str
    partition: int
    offset: int
    stage: str
    """The process that refused it."""
    reason: str
    """In English."""
    reason_vi: str | None = None
    """The same in Vietnamese; null in a letter from before there was one."""
    field: str | None = None
    at: At
    key: bytes | None = None
    """Original bytes (base64 in JSON); at most 1 KiB, then cut."""
    value: bytes | None = None
    """Original bytes (base64 in JSON); at most 256 KiB, then cut."""
    value_size: int = 0


decode_dead_letter = msgspec.json.Decoder(DeadLetter).decode
