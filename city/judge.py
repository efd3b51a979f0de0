"""What one CloudEvent means to the center: readings by place, or one event routed to a domain."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from city.at_once import AtOnce
from city.cap import cap_data
from city.enrich import Catalogue
from city.normalise import FUTURE_MS, LATEST_MS, Columns, Normaliser, Place, time_fault
from city.suppression import checked_works
from city.zones import Zones
from schemas.assets import UNKNOWN_ZONE
from schemas.cloudevents import CloudEvent, decode_structured, is_json
from schemas.errors import Invalid
from schemas.events import REPORT_CATEGORIES, Event, Report, SignalEvent, Work
from schemas.mended import taken
from schemas.packed import Packed, PackedPlain, decode_packed
from schemas.refusals import checked
from schemas.senml import RELATIVE_BELOW_MS, Fault, resolve
from schemas.sentences import say
from schemas.signals import RESERVED, SEVERITIES
from schemas.times import from_ms, to_ms

READINGS = "city.readings"
EVENT_LIMIT = 900_000
"""Bytes of an event's data that Kafka takes."""
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
T = TypeVar("T")


class Accepted(msgspec.Struct, gc=False):
    """An event that was taken, wholly or in part."""

    source: str
    id: str
    recorded_ms: int | None
    received_ms: int
    mark_ms: int
    """`recordedtime`, else `time`, else the latest reading: what moves the clock of recordings."""
    columns: dict[Place, Columns] = {}
    record: Event | None = None
    faults: list[Fault] = []


class Judge:
    """Judges events by one revision of the catalogue."""

    def __init__(self, catalogue: Catalogue, pack_limit: int, *, zoned: bool = True) -> None:
        """`pack_limit`: most readings in one SenML pack; `zoned`: readings are placed by zone too."""
        self.catalogue = catalogue
        self._pack_limit = pack_limit
        self._normaliser = Normaliser(catalogue, zoned=zoned)
        self._live = self._normaliser.live
        self._kinds: dict[str, Callable[[CloudEvent, int], tuple[str, str, int, dict[str, Any]]]] = {
            "signal.raised": self._signal,
            "signal.cleared": self._signal,
            "report.created": self._report,
            "work.planned": self._work,
            "cap.received": self._cap,
        }

    @cached_property
    def _zones(self) -> Zones:
        """Where reports are; laid with the first one."""
        return Zones(self.catalogue.assets.values(), UNKNOWN_ZONE)

    def structured(self, body: bytes, now_ms: int, *, inside: bool = False) -> Accepted:
        """What an event in structured mode brings, as `accept` says; good readings cost half as much."""
        return self._taken(body, now_ms, 0, inside=inside)

    def recorded(self, body: bytes, otherwise_ms: int) -> Accepted:
        """The same of a recording: received when it says that it was recorded or happened, else at `otherwise_ms`."""
        return self._taken(body, None, otherwise_ms, inside=True)

    def at_once(self) -> AtOnce:
        """What `recorded` says of lines with nothing but good readings, many of them at a time."""
        return AtOnce(self._normaliser, self._pack_limit)

    def _taken(self, body: bytes, now_ms: int | None, otherwise_ms: int, *, inside: bool) -> Accepted:
        """Received at `now_ms`; None: as `recorded` says."""
        packed = decode_packed(body, self._pack_limit)
        quickly = None if packed is None else self._quickly(packed, now_ms, otherwise_ms)
        if quickly is not None:
            return quickly
        event = decode_structured(body)
        return self.accept(event, _given_ms(event, otherwise_ms) if now_ms is None else now_ms, inside=inside)

    def _quickly(self, event: PackedPlain | Packed, now_ms: int | None, otherwise_ms: int) -> Accepted | None:
        """An event of good readings; None for another. Its times are those of `_taken`."""
        if event.source.startswith(RESERVED):
            return None
        recorded = None if event.recordedtime is None else to_ms(event.recordedtime)
        at = recorded if event.time == event.recordedtime else None if event.time is None else to_ms(event.time)
        mark = at if recorded is None else recorded
        if now_ms is None:
            now_ms = otherwise_ms if mark is None else mark
        self._check_time(recorded, now_ms, "recordedtime")
        if at != recorded:
            self._check_time(at, now_ms, "time")
        normaliser = self._normaliser
        if isinstance(event, PackedPlain):
            columns = normaliser.plain(event.data, now_ms)
        else:
            columns = normaliser.packed(event.data, now_ms)
        if not columns:
            return None
        return Accepted(event.source, event.id, recorded, now_ms, self._mark(mark, columns, now_ms), columns)

    def _mark(self, given: int | None, columns: dict[Place, Columns], now_ms: int) -> int:
        """The time given, else that of the latest reading, or of receipt where the city lives."""
        if given is not None:
            return given
        return now_ms if self._live else max(max(part.times) for part in columns.values())

    def accept(self, event: CloudEvent, now_ms: int, *, inside: bool = False) -> Accepted:
        """What an event received at `now_ms` brings; only `inside` the center it may name a source of the center.

        Raises Invalid naming the field if nothing of it can be taken.
        """
        if not inside and event.source.startswith(RESERVED):
            raise Invalid(say("source_reserved"), field="source")
        if "\x00" in event.id or "\x00" in event.source:
            raise Invalid(say("nul"), field="id" if "\x00" in event.id else "source")
        recorded = self._checked_time(event.recordedtime, now_ms, "recordedtime")
        at = self._checked_time(event.time, now_ms, "time")
        mark = recorded if recorded is not None else at
        if event.type == READINGS:
            return self._readings(event, recorded, mark, now_ms)
        return self._event(event, recorded, now_ms if mark is None else mark, now_ms)

    def faults(self, pack: bytes, now_ms: int) -> list[Fault]:
        """What is wrong with records of a SenML pack received at `now_ms`. Raises Invalid if it is none."""
        resolved = resolve(pack, now_ms)
        self._normaliser.readings(resolved, now_ms)
        return resolved.faults

    def _checked_time(self, at: Any, now_ms: int, field: str) -> int | None:
        if at is None:
            return None
        milliseconds = to_ms(at)
        self._check_time(milliseconds, now_ms, field)
        return milliseconds

    def _check_time(self, at_ms: int | None, now_ms: int, field: str) -> None:
        if at_ms is None:
            return
        fault = time_fault(at_ms, now_ms + FUTURE_MS if self._live else LATEST_MS)
        if fault is None and self._live and at_ms < RELATIVE_BELOW_MS:
            fault = say("clock_unset")
        if fault:
            raise Invalid(fault, field=field)

    def _readings(self, event: CloudEvent, recorded: int | None, mark: int | None, now_ms: int) -> Accepted:
        payload = event.payload()
        if not is_json(event.datacontenttype) and not payload.lstrip().startswith(b"["):
            raise Invalid(say("senml_in_json", given=event.datacontenttype), field="datacontenttype")
        resolved = resolve(payload, now_ms, self._pack_limit)
        columns = self._normaliser.readings(resolved, now_ms)
        if not columns:
            fault = resolved.faults[0] if resolved.faults else Fault(0, "", say("no_reading"))
            said = say("in_record", record=fault.record, detail=fault.detail)
            raise Invalid(said, field=f"data.{fault.record}.{fault.field}".strip("."))
        mark = self._mark(mark, columns, now_ms)
        return Accepted(event.source, event.id, recorded, now_ms, mark, columns, None, resolved.faults)

    def _event(self, event: CloudEvent, recorded: int | None, mark: int, now_ms: int) -> Accepted:
        read = self._kinds.get(event.type)
        if read is None:
            raise Invalid(say("none_of", known=", ".join([READINGS, *self._kinds])), field="type")
        if len(event.data) > EVENT_LIMIT or len(event.data_base64 or "") > EVENT_LIMIT:
            raise Invalid(say("event_too_large", most=EVENT_LIMIT), field="data")
        if _NUL.search(event.payload()):
            raise Invalid(say("nul"), field="data")
        domain, zone, at, data = read(event, now_ms)
        clock = now_ms if self._live else mark
        record = Event(
            type=event.type,
            domain=domain,
            zone=zone,
            source=event.source,
            id=event.id,
            at=from_ms(at),
            received_at=from_ms(now_ms),
            data=data,
            recorded_at=event.recordedtime,
            late=at < clock - self.catalogue.lateness_s(domain) * 1000,
        )
        return Accepted(event.source, event.id, recorded, now_ms, mark, {}, record)

    def _signal(self, event: CloudEvent, now_ms: int) -> tuple[str, str, int, dict[str, Any]]:
        given, data = _data(event, SignalEvent)
        if given.severity not in SEVERITIES:
            raise Invalid(say("none_of", known=", ".join(SEVERITIES)), field="data.severity")
        if not given.asset or len(given.asset) > 200:
            raise Invalid(say("id_length"), field="data.asset")
        domain = self.catalogue.kind_domain(given.kind, self.catalogue.sensor_domain(given.asset))
        if given.kind.startswith("sensor.") and domain not in self.catalogue.domains:
            domain = self._domain("reports")
        if domain not in self.catalogue.domains or "." not in given.kind:
            known = ", ".join(sorted(self.catalogue.kinds)[:60])
            raise Invalid(say("kind_of_no_domain", kind=given.kind[:60], known=known), field="data.kind")
        at = self._checked_time(given.at or event.time, now_ms, "data.at")
        zone = self.catalogue.zone(given.asset) or UNKNOWN_ZONE
        return domain, zone, now_ms if at is None else at, data

    def _report(self, event: CloudEvent, now_ms: int) -> tuple[str, str, int, dict[str, Any]]:
        given, data = _data(event, Report)
        try:
            check_report(given)
        except Invalid as error:
            raise Invalid(error.said, field=f"data.{error.field}") from None
        at = self._checked_time(event.time, now_ms, "time")
        return (
            self._domain("reports"),
            self._zones.of((given.lon, given.lat)),
            now_ms if at is None else at,
            data,
        )

    def _work(self, event: CloudEvent, now_ms: int) -> tuple[str, str, int, dict[str, Any]]:
        given, data = _data(event, Work)
        for name, moment in (("from", given.starts_at), ("to", given.ends_at)):
            if fault := time_fault(to_ms(moment), LATEST_MS):
                raise Invalid(fault, field=f"data.{name}")
        if given.ends_at <= given.starts_at:
            raise Invalid(say("after_from"), field="data.to")
        try:
            checked_works(given)
        except Invalid as error:
            raise Invalid(error.said, field=f"data.{error.field}") from None
        at = self._checked_time(event.time, now_ms, "time")
        zone = next((found for asset in given.assets if (found := self.catalogue.zone(asset))), UNKNOWN_ZONE)
        return self._domain("reports"), zone, now_ms if at is None else at, data

    def _cap(self, event: CloudEvent, now_ms: int) -> tuple[str, str, int, dict[str, Any]]:
        at = self._checked_time(event.time, now_ms, "time")
        return self._domain("weather"), UNKNOWN_ZONE, now_ms if at is None else at, cap_data(event)

    def _domain(self, wanted: str) -> str:
        """The domain, or the first one of a city that has it not."""
        domains = self.catalogue.domains
        if not domains:
            raise Invalid(say("no_domains"), field="type")
        return wanted if wanted in domains else min(domains)


def check_report(given: Report) -> None:
    """Raises Invalid, naming the field, if a report is of no known category or lies nowhere on the earth."""
    if given.category not in REPORT_CATEGORIES:
        raise Invalid(say("none_of", known=", ".join(REPORT_CATEGORIES)), field="category")
    for name, value, most in (("lon", given.lon, 180), ("lat", given.lat, 90)):
        if not -most <= value <= most:
            raise Invalid(say("degrees_outside", most=most), field=name)


def _data(event: CloudEvent, kind: type[T]) -> tuple[T, dict[str, Any]]:
    """The data, and as it was given but for what is null and might be left out."""
    found, given = taken(msgspec.json.Decoder(kind).decode, event.payload(), "data")
    return found, checked(msgspec.json.Decoder(dict[str, Any]).decode, given, "data")


def _given_ms(event: CloudEvent, otherwise_ms: int) -> int:
    given = event.recordedtime or event.time
    return to_ms(given) if given else otherwise_ms
