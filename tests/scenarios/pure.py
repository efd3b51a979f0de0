"""PureWorld: the pure steps folded in virtual time; a day takes seconds."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from city.backtest import Backtest
from city.differences import differences
from city.enrich import Catalogue
from city.graph import Graph
from city.history import picture
from city.incidents import RESHAPING, Command, Moment, Outcome, Scene, obey, reshape
from city.judge import Accepted, Judge
from infra.cities.folder import CityFolder, Shipped, layered, read_city, shipped
from schemas.backtests import Difference
from schemas.cloudevents import decode_structured
from schemas.incidents import Change, Incident
from schemas.links import Link
from schemas.readings import Pack, Run
from schemas.rules import Rule
from schemas.signals import Signal
from schemas.suppression import SILENCE, Window
from schemas.times import from_ms
from services.api.window_shapes import SilenceWish
from tests.scenarios.outcomes import Picture, told
from tests.scenarios.towns import TOWN
from tests.scenarios.worlds import (
    START_MS,
    Asked,
    Fed,
    Message,
    Silenced,
    encoded,
    planned,
    structured,
    wished,
    works_id,
)

SECOND_MS, MINUTE_MS, HOUR_MS = 1000, 60_000, 3_600_000
QUIET_MS = 5000
"""Between two ticks when nothing comes for long: a longer pause would count for no silence."""


below = cache(shipped)


@cache
def read(folder: Path) -> tuple[CityFolder, Shipped]:
    """A city folder and everything that holds in it."""
    city = read_city(folder, below())
    return city, layered(below(), city)


class PureWorld:
    """A town in virtual time, with a tick each second, in long pauses every five."""

    def __init__(self, folder: Path = TOWN, start_ms: int = START_MS, long_ms: int = HOUR_MS) -> None:
        """The city in `folder` over what ships; a pause longer than `long_ms` is a long one."""
        city, all_layers = read(folder)
        catalogue = Catalogue.build({city.city.id: city.city}, city.assets, all_layers.domains, all_layers.limits, {})
        graph = Graph(city.assets, city.relations.values())
        self._graph, self._rules = graph, dict(all_layers.rules)
        self.backtest = Backtest(catalogue, graph, self._rules.values())
        self.script: list[Fed | Asked | Silenced] = []
        self.folder = folder
        self._words = catalogue
        self._judge = Judge(catalogue, 50_000)
        self._start_ms = self._now_ms = start_ms
        self._long_ms = long_ms
        self.backtest.tick(start_ms)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return (self._now_ms - self._start_ms) / 1000

    def time(self, seconds: float) -> datetime:
        """The moment so many seconds after the start."""
        return from_ms(round(self._start_ms + seconds * 1000))

    def at(self, seconds: float) -> "PureWorld":
        """Let time pass until then, tick by tick."""
        until = round(self._start_ms + seconds * 1000)
        assert until >= self._now_ms, f"{seconds} s is in the past"
        step = SECOND_MS if until - self._now_ms <= self._long_ms else QUIET_MS
        while self._now_ms < until:
            self._step(until, step)
        return self

    def _step(self, until_ms: int, step_ms: int = SECOND_MS) -> None:
        self._now_ms = min(until_ms, self._now_ms + step_ms)
        self.backtest.tick(self._now_ms)

    def feed(self, *messages: Message) -> "PureWorld":
        """Send messages now."""
        for message in messages:
            self.take(structured(message, len(self.script) + 1, self.now, self._start_ms))
        return self

    def take(self, event: dict[str, Any]) -> None:
        """A CloudEvent arrives now."""
        self.script.append(Fed(self.now, event))
        self._take(self._judge.accept(decode_structured(encoded(event)), self._now_ms))

    def _take(self, accepted: Accepted) -> None:
        assert not accepted.faults, accepted.faults
        for place, columns in accepted.columns.items():
            run = Run(accepted.source, accepted.id, len(columns.names), None, self._now_ms)
            self.backtest.pack(Pack(*place, columns.names, columns.times, columns.values, [run], columns.states))
        if accepted.record is not None:
            self.backtest.event(accepted.record)

    def expect(self, kind: str, *, asset: str | None = None, state: str = "open", by: float) -> Incident:
        """An incident of this kind (with this root asset) is in this state at some time from now until `by`."""
        until = round(self._start_ms + by * 1000)
        self._step(self._now_ms + SECOND_MS)
        while True:
            for incident in self.incidents():
                if (incident.kind, incident.state) == (kind, state) and asset in (None, incident.root_asset):
                    return incident
            if self._now_ms >= until:
                break
            self._step(until)
        pytest.fail(f"no {state} {kind} at {asset} by {by} s; there is {told(self.incidents())}")

    def expect_incidents(self, count: int, *, by: float) -> list[Incident]:
        """At `by` there are exactly so many incidents that are not merged away."""
        self.at(by)
        found = self.incidents()
        assert len(found) == count, f"not {count} incidents but {told(found)}"
        return found

    def links(self, incident: Incident) -> dict[tuple[str, str], Link]:
        """(kind, asset) of each linked effect or member → its link."""
        groups = self.backtest.ledger.groups_of(incident.id)
        named = {signal.id: (signal.kind, signal.asset) for group in groups for signal in group.signals}
        links = [link for group in groups for link in (*group.same, group.held, group.parent) if link]
        return {named[link.effect]: link for link in links}

    def incident(self, incident_id: str) -> Incident:
        """What an id says now, also one that was merged away."""
        return self.backtest.ledger.incidents[incident_id].incident

    def signals(self, incident: Incident) -> list[Signal]:
        """Its members, in order of beginning."""
        found = [signal for group in self.backtest.ledger.groups_of(incident.id) for signal in group.signals]
        return sorted(found, key=lambda signal: (signal.raised_at, signal.id))

    def changes(self, incident: Incident) -> list[Change]:
        """Everything that happened to it, in order."""
        return [one for one in self.backtest.changes if one.incident_id == incident.id]

    def command(self, incident: Incident, command: str, /, **fields: Any) -> Incident:
        """What it is after a person's command. Raises Conflict or Invalid."""
        given = {"command": command, "version": incident.version, **fields}
        after = self._obey(incident.id, given)
        self.script.append(Asked(self.now, incident.kind, incident.root_asset, given))
        return after

    def ask(self, asked: Asked) -> None:
        """The same command again, to the incident that is there now."""
        (found,) = [one for one in self.incidents() if (one.kind, one.root_asset) == (asked.kind, asked.asset)]
        self._obey(found.id, {**asked.command, "version": found.version})

    def silence(self, match: dict[str, Any], start: float, end: float, effects: Sequence[str] = ("*",)) -> str:
        """A person silences what matches, and such effects of it; the silence's id."""
        return self.hush(wished(self, match, start, end, effects))

    def hush(self, wish: dict[str, Any]) -> str:
        """The silence is in force from the next tick on at which it has begun; its id."""
        self.script.append(Silenced(self.now, wish))
        given = msgspec.convert(wish, SilenceWish)
        made = Window(
            id=f"sil-{len(self.script)}",
            kind=SILENCE,
            starts_at=given.starts_at or from_ms(self._now_ms),
            ends_at=given.to,
            matches=(given.match,),
            effects=given.effects,
            owner="operator",
            reason=given.reason,
        )
        self.backtest.ledger.calendar.add(made)
        return made.id

    def work(self, start: float, end: float, *effects: str, **place: Any) -> str:
        """A feed announces planned works with such effects at `assets` or in a `geometry`; their id."""
        event = structured(planned(self, start, end, *effects, **place), len(self.script) + 1, self.now, self._start_ms)
        self.take(event)
        return works_id(event)

    def edit_rule(self, name: str, **fields: Any) -> None:
        """Somebody edits a rule: it is in force from now on."""
        self._rules = self._with_edited(name, fields)
        self.backtest.turn_rules(self._rules.values())

    def dry_run(self, name: str, **fields: Any) -> list[Difference]:
        """What such an edit would make of everything so far."""
        groups = [one for name in self.backtest.ledger.incidents for one in self.backtest.ledger.groups_of(name)]
        signals, until = [signal for group in groups for signal in group.signals], from_ms(self._now_ms)
        before, after = (
            picture(signals, self._words, self._graph, rules.values(), until)
            for rules in (self._rules, self._with_edited(name, fields))
        )
        return differences(before, after)

    def _with_edited(self, name: str, fields: dict[str, Any]) -> dict[str, Rule]:
        rule = self._rules[name]
        return {**self._rules, name: msgspec.structs.replace(rule, version=rule.version + 1, **fields)}

    def _obey(self, incident_id: str, given: dict[str, Any]) -> Incident:
        ledger, moment, wish = self.backtest.ledger, Moment(from_ms(self._now_ms), by="operator"), Command(**given)
        if wish.command in RESHAPING:
            done = reshape(Scene(state=ledger.whole(), words=self._words, moment=moment, incident=incident_id), wish)
            ledger.facts = (*ledger.facts, *done.said)
            outcome, incident_id = done.outcome, done.incident
        else:
            outcome = Outcome()
            outcome.add(*obey(ledger.incidents[incident_id], wish, moment))
        ledger.take(outcome)
        self.backtest.changes += outcome.changes
        return ledger.incidents[incident_id].incident

    def incidents(self) -> list[Incident]:
        """Those that are not merged away."""
        found = [tracked.incident for tracked in self.backtest.ledger.incidents.values()]
        return [incident for incident in found if incident.merged_into is None]

    def picture(self) -> Picture:
        """What all incidents are by now."""
        ledger = self.backtest.ledger
        every = [tracked.incident for tracked in ledger.incidents.values()]
        groups = {one.id: ledger.groups_of(one.id) for one in every}
        signals = {name: [s for group in found for s in group.signals] for name, found in groups.items()}
        return Picture.of(every, signals, self.backtest.changes)
