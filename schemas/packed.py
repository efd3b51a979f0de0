"""The events that come most: readings in structured mode, decoded in one go."""

from typing import Literal

import msgspec

from schemas.cloudevents import Text
from schemas.senml import Record
from schemas.times import At

NO_BASE = float("-inf")
"""Of a record that has no `bt`; JSON has no such number."""


class Plain(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A record with nothing but its name, value, unit and time: nearly all are so."""

    n: str
    v: float
    u: str | None = None
    bt: float = NO_BASE
    t: float = 0.0


class Numeric(Record, gc=False):
    """A record without another value than a number: with one it needs a closer look."""

    vs: None = None
    vb: None = None
    vd: None = None


class _Head(msgspec.Struct, kw_only=True, gc=False):
    """The fields of `CloudEvent` with the narrower types that an event of readings has."""

    id: Text
    source: Text
    type: Literal["city.readings"]
    specversion: Literal["1.0"]
    time: At | None = None
    recordedtime: At | None = None
    subject: str | None = None
    datacontenttype: str | None = None
    data_base64: None = None


class Packed(_Head, kw_only=True, gc=False):
    """A CloudEvent whose data is a SenML pack."""

    data: list[Numeric]


class PackedPlain(_Head, kw_only=True, gc=False):
    """The same where all records are plain."""

    data: list[Plain]


_decode_plain = msgspec.json.Decoder(PackedPlain).decode
_decode = msgspec.json.Decoder(Packed).decode


def decode_plain(body: bytes, most: int) -> PackedPlain | None:
    """The event; None where it is not plain, has no or more than so many records, or an escape needs a closer look."""
    if body.find(b"\\") >= 0 and b"\\u" in body:  # `in` asks first whether the bytes are a number
        return None
    try:
        event = _decode_plain(body)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return event if 0 < len(event.data) <= most else None


def decode_packed(body: bytes, most: int) -> PackedPlain | Packed | None:
    """The event; None for everything else, good or bad, and where a label or an escape needs a closer look."""
    plain = decode_plain(body, most)
    if plain is not None:
        return plain
    if b"\\u" in body or b'_"' in body:
        return None
    try:
        event = _decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    return event if 0 < len(event.data) <= most else None
