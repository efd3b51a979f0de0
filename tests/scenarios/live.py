"""LiveWorld: the whole running stack, driven and asked over HTTP; minutes of a scenario pass in a fraction of a second.

The center plays a recording: its clock is the event time of what it is sent. Each scenario has a copy of the town to
itself, and its own stretch of event time behind that of the scenario before.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import httpx
import msgspec
import pytest

from infra.clock import utc_now
from schemas.errors import Conflict, Invalid
from schemas.incidents import STATES, Change, Incident
from schemas.links import Link
from schemas.signals import Signal
from schemas.suppression import EXPIRED, IN_FORCE, PENDING
from schemas.times import from_ms, rfc3339, to_ms
from tests.center import Center
from tests.scenarios.outcomes import Picture, told
from tests.scenarios.towns import Copy
from tests.scenarios.worlds import Asked, Fed, Message, Silenced, planned, structured, wished, works_id
from tests.waiting import until

PATIENCE_S = 30.0
BEAT_S = 60.0
"""A pause of the scenario has a sign of time at least so far apart, so that ingest ticks in it."""
REFUSALS = {409: Conflict, 422: Invalid}
BEATS = 10
"""Most of them in one pause."""


class Turning(msgspec.Struct, frozen=True):
    """A silence or works: where the center tells of it, and when it begins and ends."""

    path: str
    edges: tuple[int, int]
    """Unix milliseconds."""

    def state(self, now_ms: int) -> str:
        """What it is then."""
        begins, ends = self.edges
        return PENDING if now_ms < begins else IN_FORCE if now_ms < ends else EXPIRED


class LiveWorld:
    """A town of the running center."""

    def __init__(self, center: Center, copy: Copy, start_ms: int) -> None:
        """`start_ms` is not before anything that the center was sent."""
        self.script: list[Fed | Asked | Silenced] = []
        self._windows: list[Turning] = []
        self.copy = copy
        self.start_ms = self._now_ms = start_ms
        self._center = center
        self._since = rfc3339(utc_now())
        self._beats = 0
        self._unsent: list[dict[str, Any]] = []
        self._beat(start_ms)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return (self._now_ms - self.start_ms) / 1000

    def time(self, seconds: float) -> datetime:
        """The moment so many seconds after the start."""
        return from_ms(round(self.start_ms + seconds * 1000))

    # --- what a scenario does ---

    def at(self, seconds: float) -> "LiveWorld":
        """Let time pass until then: signs of time go out with the next messages, and alone where a silence turns."""
        until_ms = round(self.start_ms + seconds * 1000)
        assert until_ms >= self._now_ms, f"{seconds} s is in the past"
        for edge_ms in sorted({one for window in self._windows for one in window.edges}):
            if self._now_ms < edge_ms <= until_ms:
                self._let_pass(edge_ms)
                self._catch_up()
        self._let_pass(until_ms)
        return self

    def _let_pass(self, until_ms: int) -> None:
        pause = until_ms - self._now_ms
        beats = max(1, min(BEATS, round(pause // (BEAT_S * 1000))))
        for number in range(1, beats + 1):
            self._beat(self._now_ms + pause * number // beats)
        self._now_ms = until_ms

    def feed(self, *messages: Message) -> "LiveWorld":
        """Send messages now."""
        for message in messages:
            number = f"{self.copy.prefix}{len(self.script) + 1}"
            event = structured(message, number, self.now, self.start_ms)
            self.take({**event, "data": self.copy.marked(event["data"])})
        return self

    def take(self, event: dict[str, Any]) -> None:
        """A CloudEvent arrives now."""
        self.script.append(Fed(self.now, event))
        self._unsent.append(event)

    # --- what a scenario asks ---

    def expect(self, kind: str, *, asset: str | None = None, state: str = "open", by: float) -> Incident:
        """An incident of this kind (with this root asset) is in this state at some time from now until `by`."""
        self._settle(self.now + 1)
        seen = {one.id: one.version for one in self._every()}
        wanted = (kind, state)
        for incident in self.incidents():
            if (incident.kind, incident.state) == wanted and asset in (None, incident.root_asset):
                return incident
        if by > self.now:
            self._settle(by)
        for incident in self._became(seen):
            if (incident.kind, incident.state) == wanted and asset in (None, incident.root_asset):
                return incident
        pytest.fail(f"no {state} {kind} at {asset} by {by} s; there is {told(self.incidents())}")

    def expect_incidents(self, count: int, *, by: float) -> list[Incident]:
        """At `by` there are exactly so many incidents that are not merged away."""
        self._settle(by)
        found = self.incidents()
        assert len(found) == count, f"not {count} incidents but {told(found)}"
        return found

    def links(self, incident: Incident) -> dict[tuple[str, str], Link]:
        """(kind, asset) of each linked effect or member → its link."""
        named = {one.id: (one.kind, one.asset) for one in self._signals(incident.id)}
        links = msgspec.convert(self._items(f"/v1/incidents/{incident.id}/links"), list[Link])
        return {named[link.effect]: link for link in links}

    def incident(self, incident_id: str) -> Incident:
        """What an id says now, also one that was merged away."""
        return msgspec.json.decode(self.copy.plain(self._get(f"/v1/incidents/{incident_id}").text), type=Incident)

    def signals(self, incident: Incident) -> list[Signal]:
        """Its members, in order of beginning."""
        return self._signals(incident.id)

    def changes(self, incident: Incident) -> list[Change]:
        """Everything that happened to it, in order."""
        return msgspec.convert(self._items(f"/v1/incidents/{incident.id}/timeline"), list[Change])

    def command(self, incident: Incident, command: str, /, **fields: Any) -> Incident:
        """What it is after a person's command. Raises Conflict or Invalid."""
        given = {"command": command, "version": incident.version, **fields}
        asset = self.copy.prefix + incident.root_asset if incident.root_asset else None
        answer = self._center.http.post(f"/v1/incidents/{incident.id}/commands", json=given)
        if answer.status_code in REFUSALS:
            raise REFUSALS[answer.status_code](answer.json()["detail"])
        assert answer.status_code == 200, answer.text
        self.script.append(Asked(self.now, incident.kind, asset, given))
        return msgspec.json.decode(self.copy.plain(answer.text), type=Incident)

    def silence(self, match: dict[str, Any], start: float, end: float, effects: Sequence[str] = ("*",)) -> str:
        """A person silences what matches, and such effects of it; the silence's id."""
        self._settle(self.now)
        wish = self.copy.marked(wished(self, match, start, end, effects))
        answer = self._center.http.post("/v1/silences", json=wish)
        assert answer.status_code == 201, answer.text
        self.script.append(Silenced(self.now, wish))
        made: str = answer.json()["id"]
        self._windows.append(Turning(f"/v1/silences/{made}", self._edges(start, end)))
        return made

    def work(self, start: float, end: float, *effects: str, **place: Any) -> str:
        """A feed announces planned works with such effects at `assets` or in a `geometry`; their id."""
        self.feed(planned(self, start, end, *effects, **place))
        announced = self.script[-1]
        assert isinstance(announced, Fed)
        made = works_id(announced.event)
        self._windows.append(Turning(f"/v1/works/{made}", self._edges(start, end)))
        self._settle(self.now)
        return made

    def _edges(self, start: float, end: float) -> tuple[int, int]:
        return round(self.start_ms + start * 1000), round(self.start_ms + end * 1000)

    def incidents(self) -> list[Incident]:
        """Those that are not merged away."""
        return [one for one in self._every() if one.merged_into is None]

    def picture(self) -> Picture:
        """What all incidents are by now, with the ids of the copy."""
        self._settle(self.now + 1)
        every = self._every(plain=False)
        signals = {one.id: self._signals(one.id, plain=False) for one in every if not one.merged_into}
        return Picture.of(every, signals, [change for one in every for change in self.changes(one)])

    # --- time ---

    def _beat(self, at_ms: int) -> None:
        """A reading that no condition looks at says what time it is."""
        self._beats += 1
        seconds = at_ms / 1000
        self._unsent.append(
            {
                "specversion": "1.0",
                "id": f"{self.copy.prefix}beat-{self._beats}",
                "source": "/scenario",
                "type": "city.readings",
                "recordedtime": rfc3339(from_ms(at_ms)),
                "data": [{"bt": seconds, "n": "clock/occupancy_ratio", "v": 0.5}],
            }
        )

    def _settle(self, seconds: float) -> None:
        """Lets time pass until then, and waits until the incidents have come so far."""
        self.at(seconds)
        self._catch_up()

    def _catch_up(self) -> None:
        self._beat(self._now_ms)
        batch, self._unsent = self._unsent, []
        answer = self._center.post(*batch)
        assert answer.status_code == 202 and not answer.json()["rejected"], answer.text
        until(self._there, f"the incidents of {self.now} s", PATIENCE_S, every=0.02)
        for window in self._windows:
            until(partial(self._has_turned, window), f"{window} at {self.now} s", PATIENCE_S, every=0.02)

    def _there(self) -> bool:
        now = self._center.get("/v1/clock")["now"]
        return now is not None and to_ms(datetime.fromisoformat(now)) >= self._now_ms

    def _has_turned(self, window: "Turning") -> bool:
        answer = self._center.http.get(window.path)
        return answer.status_code == 200 and answer.json()["state"] == window.state(self._now_ms)

    # --- what the center says ---

    def _every(self, plain: bool = True) -> list[Incident]:
        text = self._get("/v1/incidents", since=self._since, state=",".join(STATES), limit=1000).text
        own = [self.copy.holds(one["root_asset"], one["position"]) for one in json.loads(text)["items"]]
        items = json.loads(self.copy.plain(text) if plain else text)["items"]
        return [msgspec.convert(one, Incident) for one, mine in zip(items, own, strict=True) if mine]

    def _became(self, seen: dict[str, int]) -> Iterator[Incident]:
        """Everything that incidents have been since."""
        for incident in self._every():
            if incident.version > seen.get(incident.id, 0):
                yield from (one.incident for one in self.changes(incident) if one.version > seen.get(incident.id, 0))

    def _signals(self, incident: str, plain: bool = True) -> list[Signal]:
        return msgspec.convert(self._items(f"/v1/incidents/{incident}/signals", plain), list[Signal])

    def _items(self, path: str, plain: bool = True) -> Any:
        text = self._get(path).text
        return json.loads(self.copy.plain(text) if plain else text)["items"]

    def _get(self, path: str, **query: str | int) -> httpx.Response:
        answer = self._center.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer
