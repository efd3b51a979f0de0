"""Sensors that the reference data places elsewhere since: their readings come to another partition, or they stand for
another asset. What was known of them here begins anew, and what is active ends."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from city.detect.store import Rows
from schemas.assets import UNKNOWN_ZONE
from schemas.signals import Signal

if TYPE_CHECKING:
    from city.detect.detector import Detector

Here = Callable[[str], bool]
"""Whether the readings of a zone come to this partition."""


class Moved:
    """The sensors of a detector that moved, by its present reference data."""

    def __init__(self, detector: "Detector", here: Here | None) -> None:
        """Once its state is restored. Without `here` the readings of all zones come to it."""
        self._detector = detector
        self._away = _away(detector, here) if here else np.zeros(0, dtype=np.intp)
        self._restated = _restated(detector)

    def restated(self) -> list[Signal]:
        """Before anything is judged: signals end that name another asset or zone than they would by now."""
        rows, self._restated = self._restated, []
        return [signal for row in rows for signal in self._leave(row)]

    def away(self) -> list[Signal]:
        """At a tick, before absence is judged: nothing is known any more of sensors that are read elsewhere.

        A reading that was on its way when they moved may still have come since the last tick.
        """
        if not len(self._away):
            return []
        heard = self._away[self._detector.silence.store.columns["seen_ms"][self._away] >= 0]
        return [signal for row in heard for signal in self._leave(int(row))]

    def _leave(self, row: int) -> list[Signal]:
        silence = self._detector.silence
        sensor = silence.store.names[row]
        for series in self._detector.series.values():
            series.forget(sensor)
        silence.store.forget(row)
        return self._detector.actives.leave(sensor, silence.tick_ms)


def _away(detector: "Detector", here: Here) -> Rows:
    zone = detector.catalogue.zone
    rows = detector.silence.store.rows.items()
    return np.array([row for sensor, row in rows if not here(zone(sensor) or UNKNOWN_ZONE)], dtype=np.intp)


def _restated(detector: "Detector") -> list[int]:
    catalogue, rows = detector.catalogue, detector.silence.store.rows
    found = {
        rows[asset]
        for (asset, _), active in detector.actives.by_asset.items()
        if asset in rows
        and (active.signal.measures, active.signal.zone)
        != (catalogue.measured(asset), catalogue.zone(asset) or active.signal.zone)
    }
    return sorted(found)
