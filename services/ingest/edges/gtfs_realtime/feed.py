"""What a GTFS-Realtime feed says: notices that are in force, and how fast vehicles go."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from google.protobuf.message import DecodeError
from google.transit.gtfs_realtime_pb2 import FeedMessage

from city.braces import filled
from city.normalise import LATEST_MS, time_fault
from schemas.cloudevents import CloudEvent
from schemas.edges import Edge, Service
from schemas.errors import Invalid
from schemas.sentences import say
from schemas.signals import severity_rank
from schemas.times import from_ms
from services.ingest.edges.fields import senml_s
from services.ingest.edges.intake import Fault

Key = tuple[str, str]
"""Asset and signal kind."""


class Notice(msgspec.Struct, frozen=True):
    """A service notice as a signal."""

    asset: str
    kind: str
    severity: str
    note: str = ""


class Change(NamedTuple):
    """An event that a notice brings."""

    notice: str
    """Its id in the feed."""
    about: Key
    event: CloudEvent


class Feed:
    """One answer of the feed. Raises Invalid if it is none."""

    def __init__(self, edge: Edge, body: bytes, received_ms: int) -> None:
        assert edge.gtfs_realtime is not None
        self._edge, self._settings = edge, edge.gtfs_realtime
        self._feed: Any = FeedMessage()
        try:
            self._feed.ParseFromString(body)
        except DecodeError:
            raise Invalid(say("no_feed")) from None
        self.made_ms = self._feed.header.timestamp * 1000
        """When it was made by its own clock, Unix milliseconds; 0 if it does not say so."""
        self.at_ms = self.made_ms or received_ms
        """When it was made, as far as is known, Unix milliseconds."""
        if fault := time_fault(self.at_ms, LATEST_MS):
            raise Invalid(fault, field="header.timestamp")
        self.speeds: list[dict[str, Any]] = []
        """Of vehicles, as SenML."""
        self.faults: list[Fault] = []
        """What could not be read."""
        self.notices: dict[str, Notice] = {}
        """Those in force, by the feed's ids."""
        for entity in self._feed.entity:
            self._read(entity)

    def _read(self, entity: Any) -> None:
        try:
            self.speeds += self._speed(entity)
            self.notices |= self._notice(entity)
        except Invalid as error:
            raw = bytes(entity.SerializeToString())
            self.faults.append(Fault(raw, error.said, f"entity.{entity.id}"))

    def _speed(self, entity: Any) -> list[dict[str, Any]]:
        told = self._settings.vehicles
        if told is None or not entity.HasField("vehicle") or not entity.vehicle.position.HasField("speed"):
            return []
        vehicle = entity.vehicle
        known = {
            "vehicle": vehicle.vehicle.id or entity.id,
            "route": vehicle.trip.route_id,
            "trip": vehicle.trip.trip_id,
            "stop": vehicle.stop_id,
        }
        seconds = senml_s(vehicle.timestamp * 1000 or self.at_ms, "timestamp")
        name = f"{filled(told.sensor, _given(known))}/{told.speed}"
        return [{"n": name, "v": vehicle.position.speed, "u": "m/s", "t": seconds}]

    def _notice(self, entity: Any) -> dict[str, Notice]:
        service = self._settings.service
        if service is None or not entity.HasField("alert") or not _in_force(entity.alert, self.at_ms // 1000):
            return {}
        alert = entity.alert
        words = (alert.Effect.Name(alert.effect), alert.Cause.Name(alert.cause))
        kind = next((service.kinds[word] for word in words if word in service.kinds), None)
        if kind is None:
            return {}
        level = alert.SeverityLevel.Name(alert.severity_level)
        note = next((one.text for one in alert.header_text.translation), "")
        return {entity.id: Notice(_asset(service, alert), kind, service.severities.get(level, "minor"), note[:500])}

    def changes(self, before: Mapping[str, Notice]) -> Iterator[Change]:
        """What is new since the notices `before`.

        Of several notices of one asset and kind the worst counts: it is one signal.
        """
        was, now = _worst(before), _worst(self.notices)
        for key, (name, notice) in now.items():
            old = was.get(key)
            if old is None or (old[0], old[1].severity) != (name, notice.severity):
                yield Change(name, key, self._event("signal.raised", name, notice))
        for key, (name, notice) in was.items():
            if key not in now:
                yield Change(name, key, self._event("signal.cleared", name, notice))

    def _event(self, kind: str, name: str, notice: Notice) -> CloudEvent:
        return CloudEvent(
            id=f"{name}@{self.at_ms}-{kind}"[-512:],
            source=self._edge.source,
            type=kind,
            time=from_ms(self.at_ms),
            data=msgspec.Raw(msgspec.json.encode(notice)),
        )


def key_of(notice: Notice) -> Key:
    """What the signal of a notice is about."""
    return notice.asset, notice.kind


def _worst(notices: Mapping[str, Notice]) -> dict[Key, tuple[str, Notice]]:
    found: dict[Key, tuple[str, Notice]] = {}
    for name, notice in sorted(notices.items(), key=lambda item: (severity_rank(item[1].severity), item[0])):
        found.setdefault(key_of(notice), (name, notice))
    return found


def _in_force(alert: Any, now_s: float) -> bool:
    periods = list(alert.active_period)
    return not periods or any(one.start <= now_s and (not one.end or now_s < one.end) for one in periods)


def _asset(service: Service, alert: Any) -> str:
    about = next(iter(alert.informed_entity), None)
    if about is None:
        raise Invalid(say("about_nothing"))
    known = {"route": about.route_id, "stop": about.stop_id, "agency": about.agency_id, "trip": about.trip.trip_id}
    return filled(service.asset, _given(known))


def _given(known: Mapping[str, str]) -> dict[str, str]:
    """Those that are said at all."""
    return {name: text for name, text in known.items() if text}
