"""The worlds that scenarios run in: a timetable of what is fed and what is expected by when."""

import json
from typing import Any, Protocol

import msgspec

from schemas.incidents import Incident
from schemas.links import Link
from schemas.times import from_ms, rfc3339

START_MS = 1_772_413_200_000
"""2 March 2026, 08:00 in Vietnam."""


class Message(msgspec.Struct, frozen=True):
    """A CloudEvent to be: when it is fed says when it is received, `happened` when it happened (default: then)."""

    type: str
    data: Any
    happened: float | None = None


def reading(sensor: str, **values: float) -> Message:
    """One value of each quantity of a sensor."""
    return Message("city.readings", [{"n": f"{sensor}/{name}", "v": value} for name, value in values.items()])


def raised(kind: str, asset: str, severity: str = "major", happened: float | None = None) -> Message:
    """A signal of a system that judges for itself."""
    return Message("signal.raised", {"kind": kind, "asset": asset, "severity": severity}, happened)


def cleared(kind: str, asset: str, happened: float | None = None) -> Message:
    """Its end."""
    return Message("signal.cleared", {"kind": kind, "asset": asset}, happened)


def report(category: str, lon: float, lat: float, text: str = "…", happened: float | None = None) -> Message:
    """A citizen's report at thousandths of a degree east of 106.6 and north of 11.0 (about 110 m each)."""
    data = {"category": category, "lon": 106.6 + lon / 1000, "lat": 11.0 + lat / 1000, "text": text}
    return Message("report.created", data, happened)


def structured(message: Message, number: int, at: float, start_ms: int = START_MS) -> dict[str, Any]:
    """The message as structured CloudEvent, fed `at` seconds after the start."""
    happened = at if message.happened is None else message.happened
    return {
        "specversion": "1.0",
        "id": f"scenario-{number}",
        "source": "/scenario",
        "type": message.type,
        "time": rfc3339(from_ms(round(start_ms + happened * 1000))),
        "data": message.data,
    }


def encoded(event: dict[str, Any]) -> bytes:
    """The event's bytes."""
    return json.dumps(event).encode()


class World(Protocol):
    """What a scenario can do. Times are seconds after its start; they never go back."""

    def at(self, seconds: float) -> "World":
        """Let time pass until then."""

    def feed(self, *messages: Message) -> "World":
        """Send messages now."""

    def expect(self, kind: str, *, asset: str | None = None, state: str = "open", by: float) -> Incident:
        """An incident of this kind (with this root asset) is in this state at some time from now until `by`."""

    def expect_incidents(self, count: int, *, by: float) -> list[Incident]:
        """At `by` there are exactly so many incidents that are not merged away."""

    def links(self, incident: Incident) -> dict[tuple[str, str], Link]:
        """(kind, asset) of each linked effect or member → its link."""
