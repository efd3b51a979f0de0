"""Records of a recording judged together: the signals of one after the other, at a part of the cost."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from city.detect.detector import Detector
from city.detect.early import Early
from city.detect.flat import FlatPack
from city.detect.names import Names
from city.detect.store import NEVER, Column
from schemas.errors import Invalid
from schemas.events import Event
from schemas.readings import Tick
from schemas.signals import Signal

Record = FlatPack | Tick | Event


class Together:
    """Judges the plain readings of many packs at once and the others as they come."""

    def __init__(self, detector: Detector) -> None:
        """Of a recording; the detector may be used otherwise in between."""
        self._detector = detector
        self._names = Names(detector)

    def signals(self, records: Sequence[Record]) -> Iterator[list[Signal] | Invalid]:
        """For each record what the detector says of it, or why it cannot take this event; to be taken to its end.

        Raises Invalid for a pack.
        """
        packs = {number: record for number, record in enumerate(records) if isinstance(record, FlatPack)}
        known = bool(packs) and self._detector.silence.recorded and self._learned(packs.values())
        early = Early(self._detector, self._names, packs, _ticks_ms(records)) if known else None
        for number, record in enumerate(records):
            if isinstance(record, Event):
                yield self._of_event(record)
            elif isinstance(record, Tick):
                yield self._detector.tick(record)
            elif early is None:
                yield self._detector.pack(record.pack())
            else:
                yield early.signals(number)

    def _of_event(self, event: Event) -> list[Signal] | Invalid:
        try:
            return self._detector.event(event)
        except Invalid as error:
            return error

    def _learned(self, packs: Collection[FlatPack]) -> bool:
        """Whether all names are known now, and each column is as long as its names; the pack says what is wrong."""
        try:
            self._names.learn(pack.names for pack in packs)
        except Invalid:
            return False
        sizes = [(8 * len(self._names.column(pack.names)), pack) for pack in packs]
        return all(len(pack.times) == len(pack.values) == size for size, pack in sizes)


def _ticks_ms(records: Sequence[Record]) -> Column:
    """Of each record the last tick before it, and behind them the last of all; NEVER where there is none."""
    own = np.array([record.now_ms if isinstance(record, Tick) else NEVER for record in records])
    return np.concatenate([[NEVER], np.maximum.accumulate(own)])
