"""Signals of conditions that a proposal changes, judged anew from the readings that the topics still keep."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from city.counterparts import paired
from city.detect import decode_lean_record
from city.enrich import Catalogue
from city.rejudge import Rejudging, Side, affected_kinds, narrowed, read_domains, warm_up_s
from infra.kafka.cluster import Given
from infra.kafka.history import Batch, kept
from infra.kafka.normals import read_normals
from schemas.errors import Invalid
from schemas.sentences import say
from schemas.signals import Signal
from schemas.times import to_ms
from schemas.topics import readings_topic

MOST_READINGS = 50_000_000
Told = Callable[[float], Awaitable[None]]
"""How much is done, 0 to 1."""


class Rejudged(msgspec.Struct, frozen=True, kw_only=True):
    """What both catalogues make of one stretch of history."""

    start: datetime
    """Later than asked for if the readings reach back no further."""
    kinds: frozenset[str] = frozenset()
    readings: int = 0
    before: list[Signal] = []
    after: list[Signal] = []


async def rejudged(
    cluster: Given, catalogues: tuple[Catalogue, Catalogue], span: tuple[datetime, datetime], told: Told
) -> Rejudged:
    """Raises Invalid if the readings of the span are too many or none is kept any more, and Unavailable."""
    kinds = affected_kinds(*catalogues)
    if not kinds:
        return Rejudged(start=span[0])
    narrow = [narrowed(one, kinds) for one in catalogues]
    begin = span[0] - timedelta(seconds=warm_up_s(narrow))
    end = span[1] + timedelta(seconds=catalogues[0].longest_lateness_s)
    normals = await read_normals(cluster)
    work = Rejudging((Side(narrow[0], normals), Side(narrow[1], normals)), to_ms(begin), to_ms(end))
    live = (to_ms(begin), to_ms(end)) if catalogues[0].city.clock == "live" else None
    topics = [readings_topic(domain) for domain in read_domains(narrow, catalogues[0])]
    async for batch in kept(cluster, topics, live):
        _fold(work, batch)
        await told(batch.share)
    start = work.reach(span[0])
    if not work.readings or start >= span[1]:
        raise Invalid(say("no_readings_kept"), field="from")
    before, after = (side.signals(start, span[1]) for side in work.sides)
    return Rejudged(start=start, kinds=kinds, readings=work.readings, before=before, after=paired(before, after))


def _fold(work: Rejudging, batch: Batch) -> None:
    for record in batch.records:
        if record.value is not None:
            with suppress(msgspec.DecodeError, Invalid):  # detect has put it among the dead letters
                work.take((record.topic, record.partition), decode_lean_record(record.value))
    if work.readings > MOST_READINGS:
        raise Invalid(say("too_many_readings", most=MOST_READINGS), field="from")
