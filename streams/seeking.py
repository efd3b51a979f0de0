"""Where Faust reads on: a partition of which it has skipped something is read again from where it goes on.

A seek throws away what was fetched. Under a backlog, where a partition's next record may be minutes away, a seek
without need puts it at the end of the line again, so that time alone is no reason for one: what shows that something
was skipped is a record behind the place, or that Faust has gone past it and holds nothing more.
"""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import faust
from aiokafka.errors import IllegalStateError
from faust.transport.consumer import CONSUMER_FETCHING
from faust.types import TP

NAP_S, NAPS = 0.005, 10
"""While so many naps nothing is handed on, nothing is under way."""
LOOKS = 3
"""Of so many looks at one that stands still, one asks how far Faust has gone: that is a question to another thread."""
HANDED_ON_S = 5.0
"""Faust's loop asks for records each second, where it is not busy with those that it has."""


class Passage:
    """Whether all that Faust held at a moment has been taken since: what its loop was busy with, then its queue."""

    def __init__(self) -> None:
        """Now is the moment."""
        self._began = time.monotonic()
        self._until: int | None = None

    def over(self, fetching_since: float, taken: int, queued: int) -> bool:
        """`fetching_since`: when its loop last asked for records; `taken` so far, and `queued` before us."""
        if self._until is None and fetching_since > self._began:
            self._until = taken + queued
        return self._until is not None and taken >= self._until


class Place:
    """Where one partition goes on."""

    def __init__(self, first: int) -> None:
        """`first`: the offset that is expected first."""
        self.expected = first
        self.jumped = False
        self.sought: Passage | None = None
        """Since the last seek: what was under way then may be behind the place and says nothing."""
        self.seen, self.looks = first, 0
        """Where it stood when it was last looked at, and how often it stood there."""
        self.gone_by: Passage | None = None
        """Since Faust was seen to have gone past it."""


class Seeker:
    """Looks for what Faust skipped, and has it read again."""

    def __init__(self, app: faust.App, log: Any) -> None:
        """Nothing is read yet."""
        self._app, self._log = app, log
        self._taken = 0
        self._queue: Any = None

    def begin(self, stream: Any) -> None:
        """This is the stream that hands on."""
        self._queue = stream.channel.queue

    def take(self) -> None:
        """One more record was handed on."""
        self._taken += 1

    def behind(self, place: Place) -> None:
        """A record behind the place was handed on: something was skipped, unless it was under way at the last seek."""
        if place.sought is None or self._over(place.sought):
            place.jumped, place.sought = True, None

    async def earliest(self, partitions: Collection[TP]) -> dict[TP, int]:
        """The first offset that Kafka keeps of each."""
        found = await self._app.consumer.earliest_offsets(*partitions) if partitions else {}
        return {tp: int(found.get(tp) or 0) for tp in partitions}

    def kept(self, tp: TP, first: int, earliest: int) -> int:
        """Where a partition goes on that Kafka keeps from `earliest` on; says so if that leaves a hole."""
        if earliest > first:
            self._log.error("input_lost", topic=tp.topic, partition=tp.partition, first=first, earliest=earliest)
        return max(first, earliest)

    async def again(self, places: Mapping[TP, Place]) -> None:
        """Reads again what jumped, from what Kafka keeps of it: what is too old would be sought for ever."""
        due = {tp: place for tp, place in places.items() if place.jumped}
        if not due:
            return
        generation = self._app.consumer_generation_id
        earliest = await self.earliest(due.keys())
        for tp, place in due.items():
            place.expected = self.kept(tp, place.expected, earliest[tp])
            self._log.warning("read_again", topic=tp.topic, partition=tp.partition, offset=place.expected)
        await self._seek(due, generation)

    async def watch(self, places: Mapping[TP, Place]) -> None:
        """What was skipped at the end of the input shows by no jump: Faust has gone past it and holds nothing more."""
        assigned, consumer = self._app.consumer.assignment(), self._app.consumer
        for tp, place in places.items():
            if tp not in assigned:
                return
            if place.seen != place.expected or (consumer.highwater(tp) or 0) <= place.expected:
                place.seen, place.looks, place.gone_by = place.expected, 0, None
            elif place.gone_by is None:
                place.looks += 1
                if place.looks % LOOKS == 0 and await self._position(tp) > place.expected:
                    place.gone_by = Passage()
            elif self._over(place.gone_by):
                place.jumped, place.gone_by = True, None

    async def _position(self, tp: TP) -> int:
        """The next offset that Faust would get; -1 where it reads no more."""
        try:
            return await self._app.consumer.position(tp) or 0
        except IllegalStateError:
            return -1

    def _over(self, passage: Passage) -> bool:
        return passage.over(self._fetching_since(), self._taken, self._queue.qsize() if self._queue else 0)

    async def _seek(self, places: Mapping[TP, Place], generation: int) -> None:
        """Read on from these places; a rebalance in between makes it void, and is followed by a new takeover.

        Faust notes the offset of every record that it hands on, and silently drops what is older than that. A record
        fetched before the seek and handed on after it would take its successors along: the pause lets those pass.
        One half at a time: with all partitions paused Faust sleeps for a second.
        """
        partitions = sorted(places)
        for half in (partitions[::2], partitions[1::2]):
            if half and not self.is_over(generation):
                await self._seek_paused({tp: places[tp] for tp in half}, generation)

    async def _seek_paused(self, places: Mapping[TP, Place], generation: int) -> None:
        consumer = self._app.consumer
        consumer.pause_partitions(places)
        try:
            await self._handed_on()
            if not self.is_over(generation):
                await consumer.seek_wait({tp: place.expected for tp, place in places.items()})
        except (IllegalStateError, TimeoutError):
            if not self.is_over(generation):
                raise
        finally:
            if not self.is_over(generation):
                consumer.resume_partitions(places)
                _sought(places.values())

    def is_over(self, generation: int | None) -> bool:
        """Whether what is read in this generation counts no more: a rebalance is under way, or was."""
        return bool(self._app.rebalancing) or self._app.consumer_generation_id != generation

    async def _handed_on(self) -> None:
        """Returns once what Faust had fetched is handed on: it fetches anew since then, or nothing comes for a while.

        A fixed time is too short on a busy machine; fetching anew alone may take a second where nothing comes.
        """
        since, still = time.monotonic(), 0
        while still < NAPS and self._fetching_since() <= since and time.monotonic() < since + HANDED_ON_S:
            taken = self._taken
            await asyncio.sleep(NAP_S)
            still = still + 1 if self._taken == taken else 0

    def _fetching_since(self) -> float:
        return float(self._app.consumer.diag.last_transition.get(CONSUMER_FETCHING, 0.0))


def _sought(places: Iterable[Place]) -> None:
    for place in places:
        place.jumped, place.sought, place.gone_by = False, Passage(), None
