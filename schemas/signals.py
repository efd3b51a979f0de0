"""Signals, and their form on `city.signals.v1`: structured CloudEvents, for agencies too."""

from typing import Any

import msgspec

from schemas.assets import UNKNOWN_ZONE
from schemas.ids import digest
from schemas.times import At, from_ms, passed_on_ms, was_ahead

SEVERITIES = ("critical", "major", "minor", "warning")
"""Worst first."""
_RANKS = {severity: rank for rank, severity in enumerate(SEVERITIES)}

ACTIVE, CLEARED = "active", "cleared"
BY_HAND = "/center/people"
"""Origin of what a person of the center was told, say by telephone: it may open an incident whatever its kind."""
RESERVED = "/center/"
"""Begins each `source` that the center keeps for itself: who sends from outside may not name one."""


def severity_rank(severity: str) -> int:
    """0 for the worst; an unknown severity ranks behind all known ones."""
    return _RANKS.get(severity, len(SEVERITIES))


class Signal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A condition began or ended at an asset. One active per (asset, kind)."""

    id: str
    """`schemas.ids.signal_id(asset, kind, raised_at)`."""
    kind: str
    asset: str
    """Where it was raised: a sensor, an asset, or `report-<digest>` for a citizen's report."""
    state: str
    """`active` or `cleared`."""
    severity: str
    raised_at: At
    cleared_at: At | None = None
    value: float | None = None
    unit: str | None = None
    limit: float | None = None
    limit_ref: str | None = None
    """The legal reference of the limit that it broke."""
    measures: str | None = None
    """The asset that the sensor measures; the signal counts for it too."""
    position: tuple[float, float] | None = None
    """lon, lat in WGS 84."""
    zone: str = UNKNOWN_ZONE
    region: str = "city"
    """The key of signals and links."""
    agency: str | None = None
    domain: str = "other"
    condition: str | None = None
    """Id of the condition that raised it; None for signals from outside."""
    sources: tuple[str, ...] = ()
    """Ids of the CloudEvents that it rests on, at most the first 20."""
    origin: str = "detect"
    """`detect`, or the CloudEvents `source` that judged for itself."""
    note: str | None = None
    """A citizen's words, or a remark of the source."""
    category: str | None = None
    late: bool = False
    replaces: str | None = None
    """A revision: the id of the signal that this one takes the place of (re-judged after late readings); its own id
    where its time is the same, or where it takes no other's place."""
    withdrawn: bool = False
    """Re-judged away: the signal never was; it leaves every incident."""
    revisions: dict[str, int] = {}
    """Revisions of the reference data it was judged with, by name."""
    evidence: dict[str, Any] = {}


class SignalRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A structured CloudEvent around a signal or a tick."""

    id: str
    source: str
    type: str
    """`signal.raised`, `signal.cleared`, `signal.revised` (data: Signal) or `center.tick` (data: TickData)."""
    data: msgspec.Raw
    specversion: str = "1.0"
    time: At | None = None
    subject: str | None = None
    """The asset."""
    datacontenttype: str = "application/json"


TICK_TYPE = "center.tick"
decode_signal_record = msgspec.json.Decoder(SignalRecord).decode
decode_signal = msgspec.json.Decoder(Signal).decode


def signal_record(signal: Signal, source: str = "/center/detect") -> SignalRecord:
    """The CloudEvent of a signal; its id is stable over replays and differs between raised, cleared and revisions."""
    kind, body = "signal.raised" if signal.state == ACTIVE else "signal.cleared", msgspec.json.encode(signal)
    name = kind.removeprefix("signal.")
    if signal.replaces or signal.withdrawn:
        kind, name = "signal.revised", f"revised.{digest(body.decode())}"
    return SignalRecord(
        id=f"{signal.id}.{name}",
        source=source,
        type=kind,
        time=signal.cleared_at if signal.state == CLEARED and signal.cleared_at else signal.raised_at,
        subject=signal.asset,
        data=msgspec.Raw(body),
    )


class TickData(msgspec.Struct, frozen=True, kw_only=True):
    """`data` of a `center.tick` on the signals and links topics."""

    now_ms: int
    clock: str = "live"
    sent_ms: int = 0
    origin: str = ""
    """`<topic>/<partition>` of the input whose clock this is; correlate's clock is the minimum over origins."""
    stages: dict[str, int] = {}
    """Wall clock at which each stage passed it on, Unix milliseconds: the age of the pipeline per stage."""

    def goes_back(self, held_ms: int) -> bool:
        """Whether the clock that stands at this, Unix milliseconds, was moved by a wall clock that was wrong.

        A tick that is told again after a restart is older than the clock too, but that is no later than its stages.
        """
        passed_ms = passed_on_ms(self.clock, self.stages)
        return passed_ms is not None and was_ahead(held_ms, passed_ms)


decode_tick_data = msgspec.json.Decoder(TickData).decode


def tick_record(tick: TickData) -> SignalRecord:
    """The CloudEvent of a tick that detect forwards."""
    return SignalRecord(
        id=f"tick-{tick.origin}-{tick.now_ms}",
        source="/center/detect",
        type=TICK_TYPE,
        time=from_ms(tick.now_ms),
        data=msgspec.Raw(msgspec.json.encode(tick)),
    )
