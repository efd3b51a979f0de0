"""The worlds that scenarios run in: a timetable of what is fed and what is expected by when."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from schemas.ids import digest
from schemas.incidents import Change, Incident
from schemas.links import Link
from schemas.signals import Signal
from schemas.times import from_ms, rfc3339

START_MS = 1_772_413_200_000
"""2 March 2026, 08:00 in Vietnam."""


class Message(msgspec.Struct, frozen=True):
    """A CloudEvent to be: when it is fed says when it is received, `happened` when it happened (default: then)."""

    type: str
    data: Any
    happened: float | None = None
    source: str = "/scenario"


class Asked(msgspec.Struct, frozen=True):
    """A command that a person gave, seconds after the start, to the incident of a kind with this root asset."""

    at: float
    kind: str
    asset: str | None
    command: dict[str, Any]


class Silenced(msgspec.Struct, frozen=True):
    """A silence that a person asked for, seconds after the start, as `POST /v1/silences` has it."""

    at: float
    wish: dict[str, Any]


class Fed(msgspec.Struct, frozen=True):
    """A CloudEvent that arrived, seconds after the start."""

    at: float
    event: dict[str, Any]


def reading(sensor: str, **values: float) -> Message:
    """One value of each quantity of a sensor."""
    return Message("city.readings", [{"n": f"{sensor}/{name}", "v": value} for name, value in values.items()])


def raised(
    kind: str,
    asset: str,
    severity: str = "major",
    happened: float | None = None,
    source: str = "/scenario",
    **more: Any,
) -> Message:
    """A signal of a system that judges for itself; `more`: note, value, limit."""
    return Message("signal.raised", {"kind": kind, "asset": asset, "severity": severity, **more}, happened, source)


def cleared(kind: str, asset: str, happened: float | None = None) -> Message:
    """Its end."""
    return Message("signal.cleared", {"kind": kind, "asset": asset}, happened)


def report(category: str, lon: float, lat: float, text: str = "…", source: str = "/scenario") -> Message:
    """A citizen's report at thousandths of a degree east of 106.6 and north of 11.0 (about 110 m each)."""
    data = {"category": category, "lon": 106.6 + lon / 1000, "lat": 11.0 + lat / 1000, "text": text}
    return Message("report.created", data, source=source)


def planned(world: "World", start: float, end: float, *effects: str, **place: Any) -> Message:
    """Works from `start` to `end` seconds that are expected to raise these kinds at `assets` or in a `geometry`."""
    times = {"from": rfc3339(world.time(start)), "to": rfc3339(world.time(end))}
    return Message("work.planned", {"kind": "line works", **times, **place, "expected_effects": list(effects)})


def wished(world: "World", match: dict[str, Any], start: float, end: float, effects: Sequence[str]) -> dict[str, Any]:
    """The body of a silence from `start` to `end` seconds."""
    times = {"from": rfc3339(world.time(start)), "to": rfc3339(world.time(end))}
    return {"match": match, **times, "effects": list(effects), "reason": "thử máy cắt"}


def warned(world: "World", event: str, *zones: str) -> Message:
    """A CAP message over zones, of now and for a day, as a weather service sends it: XML as a JSON string."""
    sent, expires = (rfc3339(world.time(world.now + more))[:19] + "+00:00" for more in (0, 86_400))
    areas = "".join(f"<area><areaDesc>{zone}</areaDesc></area>" for zone in zones)
    text = (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sender>met</sender>'
        f"<identifier>{sent}-{'-'.join(zones)}</identifier><sent>{sent}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
        f"<info><event>{event}</event><severity>Severe</severity><urgency>Expected</urgency>"
        f"<expires>{expires}</expires>{areas}</info></alert>"
    )
    return Message("cap.received", text)


def works_id(event: dict[str, Any]) -> str:
    """The id that announced works get."""
    return f"works-{digest(event['source'], event['id'])}"


def structured(message: Message, number: int | str, at: float, start_ms: int = START_MS) -> dict[str, Any]:
    """The message as structured CloudEvent, fed `at` seconds after the start."""
    happened_ms = round(start_ms + (at if message.happened is None else message.happened) * 1000)
    return {
        "specversion": "1.0",
        "id": f"scenario-{number}",
        "source": message.source,
        "type": message.type,
        "time": rfc3339(from_ms(happened_ms)),
        "recordedtime": rfc3339(from_ms(round(start_ms + at * 1000))),
        "data": _timed(message, happened_ms / 1000),
    }


def _timed(message: Message, happened: float) -> Any:
    """Readings say when they were taken: SenML's base time, seconds."""
    if message.type != "city.readings":
        return message.data
    return [{"bt": happened, **message.data[0]}, *message.data[1:]]


def encoded(event: dict[str, Any]) -> bytes:
    """The event's bytes."""
    return json.dumps(event).encode()


class World(Protocol):
    """What a scenario can do. Times are seconds after its start; they never go back."""

    def at(self, seconds: float) -> "World":
        """Let time pass until then."""

    def time(self, seconds: float) -> datetime:
        """The moment so many seconds after the start."""

    @property
    def now(self) -> float:
        """Seconds since the start."""

    def feed(self, *messages: Message) -> "World":
        """Send messages now."""

    def expect(self, kind: str, *, asset: str | None = None, state: str = "open", by: float) -> Incident:
        """An incident of this kind (with this root asset) is in this state at some time from now until `by`."""

    def expect_incidents(self, count: int, *, by: float) -> list[Incident]:
        """At `by` there are exactly so many incidents that are not merged away."""

    def incident(self, incident_id: str) -> Incident:
        """What an id says now, also one that was merged away."""

    def signals(self, incident: Incident) -> list[Signal]:
        """Its members, in order of beginning."""

    def changes(self, incident: Incident) -> list[Change]:
        """Everything that happened to it, in order."""

    def command(self, incident: Incident, command: str, /, **fields: Any) -> Incident:
        """What it is after a person's command. Raises Conflict or Invalid."""

    def silence(self, match: dict[str, Any], start: float, end: float, effects: Sequence[str] = ("*",)) -> str:
        """A person silences what matches, and such effects of it; the silence's id."""

    def work(self, start: float, end: float, *effects: str, **place: Any) -> str:
        """A feed announces planned works with such effects at `assets` or in a `geometry`; their id."""

    def links(self, incident: Incident) -> dict[tuple[str, str], Link]:
        """(kind, asset) of each linked effect or member → its link."""
