"""The signals that are active: one per asset and kind, with the worst severity of the conditions that hold."""

from collections.abc import Iterable
from typing import Any

import msgspec

from city.enrich import Catalogue
from schemas.ids import signal_id
from schemas.signals import ACTIVE, CLEARED, Signal, severity_rank
from schemas.times import from_ms, to_ms


class Holding(msgspec.Struct, frozen=True):
    """A condition that holds at an asset: what the signal says while it is the worst."""

    condition: str | None
    severity: str
    value: float | None = None
    limit: float | None = None
    limit_ref: str | None = None
    unit: str | None = None


class Active(msgspec.Struct):
    """An active signal and the conditions that hold it up, by id."""

    signal: Signal
    holdings: dict[str, Holding]


class Actives:
    """Active signals by (asset, kind)."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.by_asset: dict[tuple[str, str], Active] = {}
        self.dirty = False

    def begin(self, asset: str, kind: str, at_ms: int, holding: Holding, **words: Any) -> Signal | None:
        """A condition begins to hold: a new signal, a worse one under the same id, or None if nothing shows."""
        self.dirty = True
        active = self.by_asset.get((asset, kind))
        if active is not None:
            active.holdings[holding.condition or ""] = holding
            return self._refresh(active)
        signal = self.made(asset, kind, at_ms, holding, **words)
        self.by_asset[asset, kind] = Active(signal, {holding.condition or "": holding})
        return signal

    def end(self, asset: str, kind: str, at_ms: int, condition: str | None = None) -> Signal | None:
        """A condition no longer holds: the cleared signal, a milder one, or None if it was not active."""
        active = self.by_asset.get((asset, kind))
        if active is None or active.holdings.pop(condition or "", None) is None:
            return None
        self.dirty = True
        if active.holdings:
            return self._refresh(active)
        del self.by_asset[asset, kind]
        at = from_ms(max(at_ms, to_ms(active.signal.raised_at)))
        return msgspec.structs.replace(active.signal, state=CLEARED, cleared_at=at)

    def orphans(self, known: Iterable[str]) -> list[tuple[str, str, str]]:
        """(asset, kind, condition) of holdings whose condition no longer exists."""
        conditions = {*known, ""}
        return [
            (asset, kind, condition)
            for (asset, kind), active in self.by_asset.items()
            for condition in active.holdings
            if condition not in conditions
        ]

    def _refresh(self, active: Active) -> Signal | None:
        """Say so if another severity is the worst now."""
        worst = min(active.holdings.values(), key=lambda holding: severity_rank(holding.severity))
        if worst.severity == active.signal.severity:
            return None
        active.signal = msgspec.structs.replace(active.signal, **msgspec.structs.asdict(worst))
        return active.signal

    def made(self, asset: str, kind: str, at_ms: int, holding: Holding, **words: Any) -> Signal:
        """A signal that begins at Unix milliseconds, with what the catalogue knows of its asset and kind."""
        catalogue, raised_at = self._catalogue, from_ms(at_ms)
        known = {
            "measures": catalogue.measured(asset),
            "position": catalogue.position(asset),
            "zone": catalogue.zone(asset) or "unknown",
            "region": catalogue.region(asset),
            "agency": catalogue.agency(asset),
            "domain": catalogue.kind_domain(kind, catalogue.sensor_domain(asset)),
            "revisions": dict(catalogue.revisions),
        }
        about = known | msgspec.structs.asdict(holding) | {key: x for key, x in words.items() if x is not None}
        return Signal(
            id=signal_id(asset, kind, raised_at), kind=kind, asset=asset, state=ACTIVE, raised_at=raised_at, **about
        )
