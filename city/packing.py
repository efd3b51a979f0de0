"""Accepted events gathered into packs by domain and zone (DESIGN D1)."""

from city.judge import Accepted
from city.normalise import Columns, Place
from schemas.events import Event
from schemas.readings import Pack, Run

PACK_READINGS = 2_000
PACK_CHARACTERS = 150_000
"""So that a pack stays below Kafka's megabyte even when every character is written with six bytes."""


class _Growing:
    """Packs of one place, the last of them still growing."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.packs: list[Pack] = []
        self._room = self._characters = 0

    def add(self, columns: Columns, accepted: Accepted) -> None:
        total = len(columns.names)
        if total <= self._room and self._characters > 0:  # nearly always
            self._append(columns, accepted)
            return
        start = 0
        while start < total:
            if self._room <= 0 or self._characters <= 0:
                self._open()
            part = slice(start, start + min(self._room, total - start))
            states = {at - start: state for at, state in columns.states.items() if start <= at < part.stop}
            self._append(Columns(columns.names[part], columns.times[part], columns.values[part], states), accepted)
            start = part.stop

    def _open(self) -> None:
        self.packs.append(Pack(self.place.domain, self.place.zone, [], [], [], []))
        self._room, self._characters = PACK_READINGS, PACK_CHARACTERS

    def _append(self, columns: Columns, accepted: Accepted) -> None:
        pack, names = self.packs[-1], columns.names
        for at, state in columns.states.items():
            pack.states[len(pack.names) + at] = state
        pack.names.extend(names)
        pack.times.extend(columns.times)
        pack.values.extend(columns.values)
        pack.runs.append(Run(accepted.source, accepted.id, len(names), accepted.recorded_ms, accepted.received_ms))
        self._room -= len(names)
        self._characters -= len(accepted.source) + len(accepted.id) + len(names[0]) * len(names)


class Segment:
    """What lies between two ticks."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._growing: dict[Place, _Growing] = {}
        self.events: list[Event] = []
        self.tick_ms: int | None = None

    def add(self, accepted: Accepted) -> int:
        """Puts an accepted event behind what is already there; how many readings and events it brings."""
        size = 0
        for place, columns in accepted.columns.items():
            growing = self._growing.get(place)
            if growing is None:
                growing = self._growing[place] = _Growing(place)
            growing.add(columns, accepted)
            size += len(columns.names)
        if accepted.record is not None:
            self.events.append(accepted.record)
            size += 1
        return size

    def packs(self) -> list[Pack]:
        """The packs of all places, in the order in which the places came first."""
        return [pack for growing in self._growing.values() for pack in growing.packs]
