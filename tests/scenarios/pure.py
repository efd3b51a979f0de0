"""PureWorld: the pure steps folded in virtual time; a day takes seconds."""

from pathlib import Path

import pytest

from city.backtest import Backtest
from city.enrich import Catalogue
from city.graph import Graph
from city.judge import Accepted, Judge
from infra.cities.folder import layered, read_city, shipped
from schemas.cloudevents import decode_structured
from schemas.incidents import Incident
from schemas.links import Link
from schemas.readings import Pack, Run
from tests.scenarios.worlds import START_MS, Message, encoded, structured

TOWN = Path(__file__).parent / "town"
STEP_MS = 1000


class PureWorld:
    """A town in virtual time, with a tick each second."""

    def __init__(self, folder: Path = TOWN) -> None:
        """The city in `folder` over what ships."""
        city = read_city(folder)
        all_layers = layered(shipped(), city)
        catalogue = Catalogue.build({city.city.id: city.city}, city.assets, all_layers.domains, all_layers.limits, {})
        graph = Graph(city.assets, city.relations.values())
        self.backtest = Backtest(catalogue, graph, all_layers.rules.values())
        self._judge = Judge(catalogue, 50_000)
        self._now_ms, self._number = START_MS, 0
        self.backtest.tick(START_MS)

    def at(self, seconds: float) -> "PureWorld":
        """Let time pass until then, tick by tick."""
        until = round(START_MS + seconds * 1000)
        assert until >= self._now_ms, f"{seconds} s is in the past"
        while self._now_ms < until:
            self._step(until)
        return self

    def _step(self, until_ms: int) -> None:
        self._now_ms = min(until_ms, self._now_ms + STEP_MS)
        self.backtest.tick(self._now_ms)

    def feed(self, *messages: Message) -> "PureWorld":
        """Send messages now."""
        for message in messages:
            self._number += 1
            event = structured(message, self._number, (self._now_ms - START_MS) / 1000)
            self._take(self._judge.accept(decode_structured(encoded(event)), self._now_ms))
        return self

    def _take(self, accepted: Accepted) -> None:
        assert not accepted.faults, accepted.faults
        for place, columns in accepted.columns.items():
            run = Run(accepted.source, accepted.id, len(columns.names), None, self._now_ms)
            self.backtest.pack(Pack(*place, columns.names, columns.times, columns.values, [run]))
        if accepted.record is not None:
            self.backtest.event(accepted.record)

    def expect(self, kind: str, *, asset: str | None = None, state: str = "open", by: float) -> Incident:
        """An incident of this kind (with this root asset) is in this state at some time from now until `by`."""
        until = round(START_MS + by * 1000)
        self._step(self._now_ms + STEP_MS)
        while True:
            for incident in self._incidents():
                if (incident.kind, incident.state) == (kind, state) and asset in (None, incident.root_asset):
                    return incident
            if self._now_ms >= until:
                break
            self._step(until)
        pytest.fail(f"no {state} {kind} at {asset} by {by} s; there is {self._told()}")

    def expect_incidents(self, count: int, *, by: float) -> list[Incident]:
        """At `by` there are exactly so many incidents that are not merged away."""
        self.at(by)
        found = self._incidents()
        assert len(found) == count, f"not {count} incidents but {self._told()}"
        return found

    def links(self, incident: Incident) -> dict[tuple[str, str], Link]:
        """(kind, asset) of each linked effect or member → its link."""
        groups = self.backtest.ledger.groups_of(incident.id)
        named = {signal.id: (signal.kind, signal.asset) for group in groups for signal in group.signals}
        links = [link for group in groups for link in (*group.same, *([group.parent] if group.parent else []))]
        return {named[link.effect]: link for link in links}

    def _incidents(self) -> list[Incident]:
        found = [tracked.incident for tracked in self.backtest.ledger.incidents.values()]
        return [incident for incident in found if incident.merged_into is None]

    def _told(self) -> str:
        return "; ".join(
            f"{one.state} {one.kind} at {one.root_asset} ({one.signal_count})" for one in self._incidents()
        )
