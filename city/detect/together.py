"""Records of a recording judged together: the signals of one after the other, at a part of the cost."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from city.detect.detector import Detector
from city.detect.early import Early
from city.detect.names import Names
from city.detect.store import NEVER, Column
from schemas.errors import Invalid
from schemas.events import Event
from schemas.readings import Pack, Tick
from schemas.signals import Signal

Record = Pack | Tick | Event


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
        packs = {number: record for number, record in enumerate(records) if isinstance(record, Pack)}
        simple = bool(packs) and self._detector.silence.recorded and all(map(_simple, packs.values()))
        names = dict.fromkeys(chain.from_iterable(pack.names for pack in packs.values())) if simple else {}
        known = bool(names) and self._learned(names)
        early = Early(self._detector, self._names, packs, _ticks_ms(records)) if known else None
        for number, record in enumerate(records):
            if isinstance(record, Event):
                yield self._of_event(record)
            elif isinstance(record, Tick):
                yield self._detector.tick(record)
            elif early is None:
                yield self._detector.pack(record)
            else:
                yield early.signals(number)

    def _of_event(self, event: Event) -> list[Signal] | Invalid:
        try:
            return self._detector.event(event)
        except Invalid as error:
            return error

    def _learned(self, names: Iterable[str]) -> bool:
        """Whether all names are known now; a wrong one is for its pack to tell."""
        try:
            self._names.learn(names)
        except Invalid:
            return False
        return True


def _ticks_ms(records: Sequence[Record]) -> Column:
    """Of each record the last tick before it, and behind them the last of all; NEVER where there is none."""
    own = np.array([record.now_ms if isinstance(record, Tick) else NEVER for record in records])
    return np.concatenate([[NEVER], np.maximum.accumulate(own)])


def _simple(pack: Pack) -> bool:
    """Its columns are equally long, and what it says of instruments is of readings in it."""
    size = len(pack.names)
    return size == len(pack.times) == len(pack.values) and all(0 <= at < size for at in pack.states)
