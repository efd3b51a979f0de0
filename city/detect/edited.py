"""What is active by conditions that have been edited since: it follows them, at the next tick.

A condition that is gone, is disabled, raises another kind, judges something else or tests it in another way no longer
holds anything up.
"""

from typing import TYPE_CHECKING

import msgspec

from city.detect.book import Holding
from city.detect.store import Store
from schemas.domains import Condition
from schemas.signals import Signal

if TYPE_CHECKING:
    from city.detect.detector import Detector


class Edited:
    """The signals of a detector that its present conditions would not have raised so."""

    def __init__(self, detector: "Detector") -> None:
        """Once its state is restored. What lasts at a sensor, but is told as something else, begins anew."""
        self._detector = detector
        known = {one.id: one for domain in detector.catalogue.domains.values() for one in domain.judging}
        held = [
            (asset, kind, holding)
            for (asset, kind), active in detector.actives.by_asset.items()
            for holding in active.holdings.values()
            if holding.condition
        ]
        self._gone: list[tuple[str, str, str]] = []
        self._otherwise: list[tuple[str, str, Holding]] = []
        for asset, kind, holding in held:
            condition = known.get(holding.condition or "")
            if condition is None or not self._holds(asset, kind, holding, condition):
                self._gone.append((asset, kind, holding.condition or ""))
            elif condition.severity != holding.severity:
                changed = msgspec.structs.replace(holding, severity=condition.severity)
                self._otherwise.append((asset, kind, changed))

    def tick(self, now_ms: int) -> list[Signal]:
        """What ends, or has another severity, from now on."""
        actives, gone, otherwise = self._detector.actives, self._gone, self._otherwise
        self._gone, self._otherwise = [], []
        found = [actives.end(asset, kind, now_ms, condition) for asset, kind, condition in gone]
        for asset, kind, holding in otherwise:
            active = actives.by_asset.get((asset, kind))
            if active is not None and holding.condition in active.holdings:
                found.append(actives.begin(asset, kind, now_ms, holding))
        return [signal for signal in found if signal]

    def _holds(self, asset: str, kind: str, holding: Holding, condition: Condition) -> bool:
        """Whether the condition is true of an asset by the test that found it, and told as this kind."""
        lasts = self._silent if condition.absent_for is not None else self._active
        told = condition.kind == kind and holding.test in (None, condition.test)
        return lasts(asset, condition, told=told)

    def _active(self, asset: str, condition: Condition, told: bool) -> bool:
        series = self._detector.series.get(condition.quantity)
        row = series.store.rows.get(asset) if series else None
        if series is None or row is None:
            return False
        if not told:
            _forget(series.store, row, condition)
        return bool(series.store.columns[f"active:{condition.id}"][row])

    def _silent(self, asset: str, condition: Condition, told: bool) -> bool:
        silence = self._detector.silence
        row = silence.store.rows.get(asset)
        if row is None:
            return False
        silent = silence.store.columns["silent"]
        silent[row] &= told and silence.condition(row) == condition
        return bool(silent[row])


def _forget(store: Store, row: int, condition: Condition) -> None:
    """Nothing has lasted there yet; a signal that began as one before would have its id."""
    store.forget(row, keep=store.fields.keys() - {f"{noun}:{condition.id}" for noun in ("since", "active", "lag")})
