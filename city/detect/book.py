"""How conditions that begin and cease to hold make the signals of an asset: one per kind, with the worst severity."""

from typing import Any

import msgspec

from city.enrich import Catalogue
from schemas.assets import UNKNOWN_ZONE
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
    note: str | None = None
    test: str | None = None
    """Which test of the condition found it, as it said of itself then."""


class Active(msgspec.Struct, frozen=True):
    """An active signal and the conditions that hold it up, by id."""

    signal: Signal
    holdings: dict[str, Holding]


class Move(msgspec.Struct):
    """A condition began to hold at an asset, or, without a holding, no longer holds."""

    asset: str
    kind: str
    condition: str
    """Its id; "" for what other systems judge."""
    at_ms: int
    found_ms: int
    """Time of the reading or event that showed it."""
    holding: Holding | None = None
    words: dict[str, Any] = {}
    """Fields of a new signal."""
    final: bool = False
    """No late reading can change it any more."""


class Book:
    """The rule by which moves make signals."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def moved(self, active: Active | None, move: Move) -> tuple[Active | None, Signal | None]:
        """What is active after a move, and the signal that tells it; None where nothing shows."""
        if move.holding is not None:
            return self._begun(active, move, move.holding)
        if active is None or move.condition not in active.holdings:
            return active, None
        holdings = {name: held for name, held in active.holdings.items() if name != move.condition}
        if holdings:
            return _refreshed(active.signal, holdings)
        at = from_ms(max(move.at_ms, to_ms(active.signal.raised_at)))
        return None, msgspec.structs.replace(active.signal, state=CLEARED, cleared_at=at)

    def _begun(self, active: Active | None, move: Move, holding: Holding) -> tuple[Active, Signal | None]:
        if active is not None:
            return _refreshed(active.signal, active.holdings | {move.condition: holding})
        signal = self.made(move, holding)
        return Active(signal, {move.condition: holding}), signal

    def made(self, move: Move, holding: Holding) -> Signal:
        """A signal that begins with a move, with what the catalogue knows of its asset and kind."""
        catalogue, asset, raised_at = self._catalogue, move.asset, from_ms(move.at_ms)
        known = {
            "measures": catalogue.measured(asset),
            "position": catalogue.position(asset),
            "zone": catalogue.zone(asset) or UNKNOWN_ZONE,
            "region": catalogue.region(asset),
            "agency": catalogue.agency(asset),
            "domain": catalogue.kind_domain(move.kind, catalogue.sensor_domain(asset)),
            "revisions": dict(catalogue.revisions),
        }
        about = known | _said(holding) | {key: x for key, x in move.words.items() if x is not None}
        about["sources"] = tuple(about.get("sources", ()))
        identity = signal_id(asset, move.kind, raised_at)
        return Signal(id=identity, kind=move.kind, asset=asset, state=ACTIVE, raised_at=raised_at, **about)


def _refreshed(signal: Signal, holdings: dict[str, Holding]) -> tuple[Active, Signal | None]:
    """Say so if another severity is the worst now."""
    worst = min(holdings.values(), key=lambda holding: severity_rank(holding.severity))
    if worst.severity == signal.severity:
        return Active(signal, holdings), None
    signal = msgspec.structs.replace(signal, **_said(worst) | {"note": worst.note or signal.note})
    return Active(signal, holdings), signal


def _said(holding: Holding) -> dict[str, Any]:
    """What a signal says of a condition that holds it up: all but by which test."""
    return {key: value for key, value in msgspec.structs.asdict(holding).items() if key != "test"}
