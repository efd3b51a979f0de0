"""A batch of the links topic, decoded and cut where the clock may make something due."""

from collections.abc import Sequence

import msgspec
from aiokafka import ConsumerRecord

from schemas.errors import Invalid
from schemas.links import Explanation, LinkTick, decode_link_record
from schemas.sentences import say

CUT_MS = 10_000
"""Event time between two looks at what is due within one batch: only a backlog has more."""


class Part(msgspec.Struct):
    """Explanations, and the tick after them (None: the batch ends first)."""

    explanations: list[Explanation]
    tick: LinkTick | None = None


class Refused(msgspec.Struct, frozen=True):
    """A record that is no link record."""

    record: ConsumerRecord
    error: Exception


def parts(records: Sequence[ConsumerRecord]) -> tuple[list[Part], list[Refused]]:
    """The batch in order, and what could not be read."""
    found, refused = [Part([])], []
    for record in records:
        try:
            decoded = read(record.value)
        except (Invalid, msgspec.DecodeError, UnicodeDecodeError) as error:
            refused.append(Refused(record, error))
            continue
        if isinstance(decoded, Explanation):
            _part_for(found).explanations.append(decoded)
        else:
            found[-1].tick = decoded
    return found, refused


def read(value: bytes | None) -> Explanation | LinkTick:
    """One record. Raises msgspec.DecodeError, and Invalid for text that PostgreSQL cannot keep."""
    if b"\\u0000" in (value or b""):
        raise Invalid(say("nul"))
    decoded: Explanation | LinkTick = decode_link_record(value or b"")
    if isinstance(decoded, Explanation) and not decoded.group:
        raise Invalid(say("required"), field="group")
    return decoded


def _part_for(found: list[Part]) -> Part:
    """The last part, or a new one if enough event time has passed since the tick before it."""
    last = found[-1]
    before = found[-2].tick if len(found) > 1 else None
    if last.tick is not None and (before is None or last.tick.now_ms - before.now_ms >= CUT_MS):
        found.append(Part([]))
    return found[-1]
