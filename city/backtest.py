"""The whole thinking in one fold, without any server: packs, events and ticks in, incidents out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from city.correlate import Correlator
from city.detect import Detector, Record, Together
from city.enrich import Catalogue
from city.graph import Graph
from city.ledger import Ledger
from city.suppression import planned
from schemas.errors import Invalid
from schemas.events import Event
from schemas.incidents import Change, Incident
from schemas.links import Explanation
from schemas.readings import Pack, Tick
from schemas.rules import Rule
from schemas.signals import Signal, TickData
from schemas.times import from_ms, rfc3339


class Found(msgspec.Struct, gc=False):
    """What detection makes of one record, and what else of it the incidents rest on."""

    signals: list[Signal]
    now_ms: int | None = None
    """Of a tick: the time, Unix milliseconds."""
    works: Event | None = None
    """Of planned works: what was announced."""

    @property
    def says(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.signals) or self.now_ms is not None or self.works is not None


class Detection:
    """The first half: records in, signals out. It knows nothing of incidents, so that it can run apart from them."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Nothing known yet."""
        self._detector = Detector(catalogue)
        self._together = Together(self._detector)
        self._clock = catalogue.city.clock

    def pack(self, pack: Pack) -> Found:
        """Readings of one domain and zone. Raises Invalid; nothing is changed then."""
        return Found(self._detector.pack(pack))

    def event(self, event: Event) -> Found:
        """Any other event. Raises Invalid; nothing is changed then."""
        return _found(event, self._detector.event(event))

    def tick(self, now_ms: int) -> Found:
        """The clock, Unix milliseconds; never goes back. A gap above 5 s counts for no absence (DESIGN D11)."""
        tick = Tick(now_ms=now_ms, clock=self._clock)
        return _found(tick, self._detector.tick(tick))

    def stretch(self, records: Sequence[Record]) -> Iterator[Found | Invalid]:
        """Records in order: as one by one, but faster; instead of what was made of an event, why it cannot be taken.

        Raises Invalid for a pack.
        """
        for record, said in zip(records, self._together.signals(records), strict=True):
            yield said if isinstance(said, Invalid) else _found(record, said)


class Folding:
    """The second half: signals and ticks in, incidents out; they move on at ticks, as the recorder's batches do."""

    def __init__(self, catalogue: Catalogue, graph: Graph, rules: Iterable[Rule]) -> None:
        """Nothing known yet."""
        self._correlator = Correlator(catalogue, graph, rules)
        self._catalogue, self._graph = catalogue, graph
        self._clock = catalogue.city.clock
        self._pending: list[Explanation] = []
        self._revision = 0
        self.ledger = Ledger(catalogue)
        self.changes: list[Change] = []

    def take(self, found: Found) -> None:
        """What came of the next record. Raises Invalid for works that are none."""
        if found.works is not None:
            self.ledger.calendar.add(planned(found.works))
        for signal in found.signals:
            self._revision += 1
            self._pending += self._correlator.signal(signal, self._revision)
        if found.now_ms is not None:
            self._tick(found.now_ms)

    def _tick(self, now_ms: int) -> None:
        self._revision += 1
        self._pending += self._correlator.tick(TickData(now_ms=now_ms, clock=self._clock), self._revision)
        now = from_ms(now_ms)
        if self._pending:
            pending, self._pending = self._pending, []
            self.changes += self.ledger.apply(pending, now)
        self.changes += self.ledger.fire(now)

    def turn_rules(self, rules: Iterable[Rule]) -> None:
        """Other rules from now on, as after an edit: what began before keeps those that it began under."""
        self._revision += 1
        self._pending += self._correlator.swap(self._catalogue, self._graph, rules, self._revision)

    def lines(self) -> list[dict[str, Any]]:
        """One line per incident that was not merged away, in order of opening, as CONTRACT's backtest writes them.

        One of which late input shows that nothing ever was is none: input in order would not have told of it.
        """
        found = [one.incident for one in self.ledger.incidents.values() if one.incident.merged_into is None]
        lines = [self._line(incident) for incident in sorted(found, key=lambda one: (one.opened_at, one.id))]
        return [line for line in lines if line["signals"]]

    def _line(self, incident: Incident) -> dict[str, Any]:
        groups = self.ledger.groups_of(incident.id)
        signals = [signal for group in groups for signal in group.signals]
        kinds = {signal.id: signal.kind for signal in signals}
        return {
            "id": incident.id,
            "kind": incident.kind,
            "severity": incident.severity,
            "opened_at": rfc3339(incident.opened_at),
            "resolved_at": rfc3339(incident.resolved_at) if incident.resolved_at else None,
            "root_asset": incident.root_asset,
            "root_kind": kinds.get(incident.root_signal or ""),
            "merged_from": self._merged_from(incident.id),
            "candidates": msgspec.to_builtins(incident.candidates),
            "signals": [_signal(signal) for signal in signals],
        }

    def _merged_from(self, incident_id: str) -> list[str]:
        into = {name: one.incident.merged_into for name, one in self.ledger.incidents.items()}
        found = [name for name in into if _survivor(name, into) == incident_id and name != incident_id]
        return sorted(found)


class Backtest(Folding):
    """Both halves in one: input in the order given."""

    def __init__(self, catalogue: Catalogue, graph: Graph, rules: Iterable[Rule]) -> None:
        """Nothing known yet."""
        super().__init__(catalogue, graph, rules)
        self._detection = Detection(catalogue)

    def pack(self, pack: Pack) -> None:
        """Readings of one domain and zone. Raises Invalid; nothing is changed then."""
        self.take(self._detection.pack(pack))

    def event(self, event: Event) -> None:
        """Any other event. Raises Invalid; nothing is changed then."""
        self.take(self._detection.event(event))

    def tick(self, now_ms: int) -> None:
        """The clock, Unix milliseconds; never goes back. A gap above 5 s counts for no absence (DESIGN D11)."""
        self.take(self._detection.tick(now_ms))


def _found(record: Record, signals: list[Signal]) -> Found:
    now_ms = record.now_ms if isinstance(record, Tick) else None
    works = record if isinstance(record, Event) and record.type == "work.planned" else None
    return Found(signals, now_ms, works)


def _survivor(name: str, into: dict[str, str | None]) -> str:
    seen = {name}
    while (onward := into.get(name)) is not None and onward not in seen:
        name = onward
        seen.add(name)
    return name


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "asset": signal.asset,
        "kind": signal.kind,
        "raised_at": rfc3339(signal.raised_at),
        "cleared_at": rfc3339(signal.cleared_at) if signal.cleared_at else None,
        "sources": list(signal.sources),
    }
