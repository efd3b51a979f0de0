"""What a fold gives out: known without Faust, so that a fold can be tested alone."""

import msgspec


class Output(msgspec.Struct, frozen=True):
    """A record to send."""

    topic: str
    partition: int
    key: bytes
    value: bytes
