"""The wind over each zone, as its sensors tell it: it belongs to the evidence of kinds that ask for it."""

from collections.abc import Iterable
from math import isnan
from typing import NamedTuple

from city.detect.book import Move
from city.detect.store import Column
from city.enrich import Catalogue

DIRECTION, SPEED = "wind_direction_deg", "wind_speed_ms"
WINDS = frozenset({DIRECTION, SPEED})
CALM = 0.5
"""Below so many m/s a vane points anywhere (WMO-No. 8 has calm below 0.5 m/s): the direction is not known."""
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
HOUR, KEPT = 60, 180
"""Minutes: how much older than a signal its wind may be, and how far back it is known, for what is told late."""


class Blow(NamedTuple):
    """What a sensor told of the wind."""

    at_ms: int
    sensor: str
    value: float


class Track:
    """The newest reading of each minute, of those minutes that were told of last."""

    def __init__(self) -> None:
        """Nothing was told."""
        self._minutes: dict[int, Blow] = {}

    def take(self, blow: Blow) -> None:
        """A reading; of equally new ones that of the first sensor by id counts."""
        minute = blow.at_ms // MINUTE_MS
        held = self._minutes.get(minute)
        if held is None or (held.at_ms, blow.sensor) < (blow.at_ms, held.sensor):
            self._minutes[minute] = blow
            if len(self._minutes) > KEPT:
                del self._minutes[next(iter(self._minutes))]

    def of_minute(self, at_ms: int) -> Blow | None:
        """The newest of the minute of a moment."""
        return self._minutes.get(at_ms // MINUTE_MS)

    def newest(self, at_ms: int) -> Blow | None:
        """The newest of the hour before a moment, or of the minute after it: sensors tell of what was till then."""
        last = (at_ms + MINUTE_MS) // MINUTE_MS
        found = (self._minutes.get(minute) for minute in range(last, last - HOUR - 2, -1))
        return next((one for one in found if one and at_ms - HOUR_MS <= one.at_ms <= at_ms + MINUTE_MS), None)


class Winds:
    """The winds of some zones; the detectors to which these zones' input comes have them in common."""

    def __init__(self) -> None:
        """No wind is known."""
        self._directions: dict[str, Track] = {}
        self._calms: dict[str, Track] = {}
        """Of each sensor when it told of calm."""

    def take(self, quantity: str, zone: str, blow: Blow) -> None:
        """A reading of direction or speed."""
        if quantity == DIRECTION:
            self._directions.setdefault(zone, Track()).take(blow)
        elif blow.value < CALM:
            self._calms.setdefault(blow.sensor, Track()).take(blow)

    def direction(self, zone: str, at_ms: int) -> float | None:
        """Where the wind over a zone came from at a moment, degrees; None where that is not known."""
        track = self._directions.get(zone)
        blow = track.newest(at_ms) if track is not None else None
        if blow is None:
            return None
        calms = self._calms.get(blow.sensor)
        return None if calms is not None and calms.of_minute(blow.at_ms) is not None else blow.value


class Vanes:
    """The wind sensors of one detector, and whom their winds concern."""

    def __init__(self, catalogue: Catalogue, winds: Winds) -> None:
        """`winds` is that of all detectors of these zones."""
        self._catalogue, self._winds = catalogue, winds

    def take(self, quantity: str, sensors: Iterable[str], times: Column, values: Column) -> None:
        """Readings of the wind, NaN where nothing was measured; who is registered nowhere tells of no zone."""
        for sensor, at_ms, value in zip(sensors, times.tolist(), values.tolist(), strict=True):
            zone = self._catalogue.zone(sensor)
            if zone is not None and not isnan(value):
                self._winds.take(quantity, zone, Blow(at_ms, sensor, value))

    def tell(self, move: Move) -> None:
        """Puts the wind at its place into the evidence of what begins, if its kind asks for it and it is known."""
        if move.holding is None or not self._catalogue.asks_for_wind(move.kind):
            return
        evidence = move.words.get("evidence") or {}
        zone = move.words.get("zone") or self._catalogue.zone(move.asset)
        if zone is None or DIRECTION in evidence:
            return
        direction = self._winds.direction(zone, move.at_ms)
        if direction is not None:
            move.words = {**move.words, "evidence": {**evidence, DIRECTION: direction}}
