"""What is wrong with an edge of a city: names that must be known, patterns that must be whole, secrets in clear."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from city.braces import TopicTemplate, names
from city.units import UNITS
from schemas.addresses import is_web_address
from schemas.edges import (
    KINDS,
    Edge,
    Files,
    GtfsRealtime,
    Layout,
    Modbus,
    Mqtt,
    NgsiLd,
    Node,
    OpcUa,
    Register,
    Service,
    Sftp,
    Topic,
)
from schemas.errors import Invalid
from schemas.readings import STATES
from schemas.sentences import say
from schemas.signals import SEVERITIES

SECRET = re.compile(r"[A-Z][A-Z0-9_]*")
EDGE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
COLUMNS = ("parameter", "value", "unit", "time", "state", "sensor", "")
CAUSE_OR_EFFECT = re.compile(r"[A-Z][A-Z_]*")
Fault = tuple[str, str]
"""Field, message."""


def edge_faults(edge: Edge, quantities: Set[str], kinds: Set[str]) -> Iterator[Fault]:
    """The faults of one edge; `quantities` and signal `kinds` are those that the domains have."""
    given = [name for name in KINDS if getattr(edge, name) is not None]
    if len(given) != 1:
        known = ", ".join(KINDS)
        several = say("edge_several", given=" and ".join(given), known=known)
        yield "", several if given else say("edge_none", known=known)
    if not EDGE_ID.fullmatch(edge.id):
        yield "id", say("not_edge_id")
    for field, message in _kind_faults(edge, quantities, kinds):
        yield f"{edge.kind}.{field}".removesuffix("."), message


def _kind_faults(edge: Edge, quantities: Set[str], kinds: Set[str]) -> Iterator[Fault]:
    if edge.mqtt is not None:
        yield from _mqtt(edge.mqtt, quantities)
    for files in (edge.files, edge.sftp):
        if files is not None:
            yield from _files(files, quantities)
    if edge.ngsi_ld is not None:
        yield from _ngsi_ld(edge.ngsi_ld, quantities)
    for asked in (edge.modbus, edge.opcua):
        if asked is not None:
            yield from _polled(asked, quantities)
    if edge.gtfs_realtime is not None:
        yield from _gtfs_realtime(edge.gtfs_realtime, quantities, kinds)


def _polled(asked: Modbus | OpcUa, quantities: Set[str]) -> Iterator[Fault]:
    points: tuple[Register | Node, ...] = asked.registers if isinstance(asked, Modbus) else asked.nodes
    field = "registers" if isinstance(asked, Modbus) else "nodes"
    if not points:
        yield field, say("empty")
    if asked.poll_s <= 0:
        yield "poll_s", say("not_above_0")
    if isinstance(asked, OpcUa):
        yield from _secret("password", asked.password)
        if not asked.url.startswith("opc.tcp://"):
            yield "url", say("not_opc")
    for number, point in enumerate(points):
        yield from _known(f"{field}.{number}.quantity", [point.quantity], quantities)
        yield from _units(f"{field}.{number}.unit", {point.sensor: point.unit} if point.unit else {})


def _mqtt(mqtt: Mqtt, quantities: Set[str]) -> Iterator[Fault]:
    yield from _secret("password", mqtt.password)
    if not 1 <= mqtt.window <= 65_535:
        yield "window", say("not_window")
    if not mqtt.topics:
        yield "topics", say("empty")
    for number, topic in enumerate(mqtt.topics):
        for field, message in _topic(topic, quantities):
            yield f"topics.{number}.{field}", message


def _topic(topic: Topic, quantities: Set[str]) -> Iterator[Fault]:
    try:
        TopicTemplate(topic.topic)
    except Invalid as error:
        yield "topic", error.said
    used = {"json": ("sensor",), "number": ("sensor", "quantity")}.get(topic.format, ())
    for field in used:
        yield from _template(field, getattr(topic, field), names(topic.topic))
    if topic.format == "number" and not names(topic.quantity):
        yield from _known("quantity", [topic.quantity], quantities)
    if topic.format == "json" and not topic.quantities:
        yield "quantities", say("quantities_needed")
    yield from _known("quantities", topic.quantities.values(), quantities)
    yield from _units("units", topic.units)


def _files(files: Files, quantities: Set[str]) -> Iterator[Fault]:
    if isinstance(files, Sftp):
        yield from _secret("password", files.password)
        yield from _secret("key", files.key)
        if bool(files.password) == bool(files.key):
            yield "password", say("password_or_key")
        if len(files.host_key.split()) < 2:
            yield "host_key", say("not_host_key")
    for name in ("settle_s", "poll_s", "largest"):
        if getattr(files, name) <= 0:
            yield name, say("not_above_0")
    for field, message in _layout(files.layout, quantities):
        yield f"layout.{field}", message


def _layout(layout: Layout, quantities: Set[str]) -> Iterator[Fault]:
    groups, fault = _groups(layout.name)
    if fault:
        yield "name", fault
    for message in _columns(layout.columns, groups):
        yield "columns", message
    yield from _template("sensor", layout.sensor, groups | set(layout.columns) - {""})
    yield from _known("parameters", layout.parameters.values(), quantities)
    yield from _units("units", layout.units)
    yield from _one_of("states", layout.states, STATES)
    if "state" in layout.columns and not layout.states:
        yield "states", say("states_needed")
    yield from _zone(layout.time_zone)
    yield from _text(layout)


def _text(layout: Layout) -> Iterator[Fault]:
    """What ends the edge with the first file."""
    if not _is_encoding(layout.encoding):
        yield "encoding", say("no_encoding", encoding=layout.encoding)
    if not layout.separator:
        yield "separator", say("empty")
    if layout.skip_lines < 0:
        yield "skip_lines", say("below_0")


def _is_encoding(name: str) -> bool:
    try:
        b"a".decode(name)
    except UnicodeDecodeError:
        return True  # a letter alone may be too little
    except (LookupError, ValueError):
        return False
    return True


def _columns(columns: tuple[str, ...], groups: Set[str]) -> Iterator[str]:
    for column in columns:
        if column not in COLUMNS:
            yield say("quoted_none_of", value=column, known=", ".join(COLUMNS[:-1]))
    for needed in ("parameter", "value"):
        if needed not in columns:
            yield say("column_missing", name=needed)
    if "time" not in columns and "time" not in groups:
        yield say("no_time_column")


def _zone(name: str) -> Iterator[Fault]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "time_zone", say("no_time_zone", zone=name)


def _ngsi_ld(ngsi_ld: NgsiLd, quantities: Set[str]) -> Iterator[Fault]:
    for name, entity in ngsi_ld.entities.items():
        groups, fault = _groups(entity.id)
        if fault:
            yield f"entities.{name}.id", fault
        for field, message in _template("sensor", entity.sensor, groups | {"id", "attribute"}):
            yield f"entities.{name}.{field}", message
        yield from _known(f"entities.{name}.attributes", entity.attributes.values(), quantities)
        yield from _units(f"entities.{name}.units", entity.units)


def _gtfs_realtime(feed: GtfsRealtime, quantities: Set[str], kinds: Set[str]) -> Iterator[Fault]:
    if not is_web_address(feed.url):
        yield "url", say("not_http")
    if feed.poll_s <= 0:
        yield "poll_s", say("not_above_0")
    for header, secret in feed.headers.items():
        yield from _secret(f"headers.{header}", secret)
    if feed.vehicles is None and feed.service is None:
        yield "vehicles", say("vehicles_or_service")
    if feed.vehicles is not None:
        yield from _known("vehicles.speed", [feed.vehicles.speed], quantities)
        yield from _template("vehicles.sensor", feed.vehicles.sensor, {"vehicle", "route", "trip", "stop"})
    if feed.service is not None:
        yield from _service(feed.service, kinds)


def _service(service: Service, kinds: Set[str]) -> Iterator[Fault]:
    yield from _template("service.asset", service.asset, {"route", "stop", "agency", "trip"})
    for name, kind in service.kinds.items():
        if not CAUSE_OR_EFFECT.fullmatch(name):
            yield "service.kinds", say("no_cause_or_effect", name=name)
        if kind not in kinds:
            yield "service.kinds", say("signal_kind_of_no_domain", kind=kind)
    yield from _one_of("service.severities", service.severities, SEVERITIES)


def _secret(field: str, name: str) -> Iterator[Fault]:
    if name and not SECRET.fullmatch(name):
        yield field, say("secret_name")


def _groups(pattern: str) -> tuple[set[str], str]:
    try:
        return set(re.compile(pattern).groupindex), ""
    except re.error as error:
        return set(), say("no_regex", reason=error)


def _template(field: str, template: str, known: Set[str]) -> Iterator[Fault]:
    for name in sorted(names(template) - known):
        among = say("brace_none_of", name=name, known=", ".join(sorted(known)))
        yield field, among if known else say("brace_unknown", name=name)


def _known(field: str, given: Iterable[str], quantities: Set[str]) -> Iterator[Fault]:
    for name in given:
        if name not in quantities:
            yield field, say("quantity_of_no_domain", quantity=name)


def _one_of(field: str, given: Mapping[str, str], known: tuple[str, ...]) -> Iterator[Fault]:
    for name, value in given.items():
        if value not in known:
            yield f"{field}.{name}", say("quoted_none_of", value=value, known=", ".join(known))


def _units(field: str, units: Mapping[str, str]) -> Iterator[Fault]:
    for given, unit in units.items():
        if unit not in UNITS:
            yield f"{field}.{given}", say("no_senml_unit", unit=unit)
