"""The AsyncAPI 3.1 document, made from `schemas/topics.py` and the msgspec types of the records."""

from functools import cache
from typing import Any

import msgspec

from schemas.assets import Asset, City, Relation
from schemas.cloudevents import STRUCTURED
from schemas.dead_letters import DeadLetter
from schemas.domains import Domain, Limit
from schemas.events import Event
from schemas.incidents import Change, CloudEvent, Incident
from schemas.links import Explanation, LinkTick
from schemas.normals import Normal
from schemas.procedures import Procedure
from schemas.readings import Pack, Tick
from schemas.reference import ApiKey, ReferenceRecord
from schemas.rules import Rule
from schemas.signals import Signal, SignalRecord, TickData
from schemas.topics import EVENTS, Topic, topics
from services.api.live.frames import ChangeFrame, Ping, Reset, Snapshot, Tiles, Values

REF = "#/components/schemas/{name}"
ENVELOPED: dict[str, type] = {"Change": Change, "Incident": Incident}
"""Records that travel as `data` of a structured CloudEvent."""
RECORDS: dict[str, type] = {
    "CloudEvent": CloudEvent,
    "SignalRecord": SignalRecord,
    "Explanation": Explanation,
    "LinkTick": LinkTick,
    "DeadLetter": DeadLetter,
    "Normal": Normal,
    "Pack": Pack,
    "Tick": Tick,
    "Event": Event,
    "ReferenceRecord": ReferenceRecord,
}
BODIES = (Signal, TickData, Asset, Relation, City, Domain, Limit, Rule, Procedure, ApiKey)
FRAMES = (Snapshot, ChangeFrame, Values, Tiles, Reset, Ping)
ANY_DOMAIN, ANY_AGENCY = "DOMAIN", "AGENCY"
PARAMETERS = {
    ANY_DOMAIN: ("domain", "A domain: `traffic`, `power`, … as in GET /v1/domains"),
    ANY_AGENCY: ("agency", "An agency with a topic of its own, as in GET /v1/city"),
}
JSON = "application/json"
EXERCISE = {
    "type": "string",
    "description": "Extension attribute: name of the exercise that the center plays; absent when it is real",
}


def _summary(kind: type) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def _enveloped(name: str) -> dict[str, Any]:
    data = {"type": "object", "properties": {"data": {"$ref": REF.format(name=name)}, "exercise": EXERCISE}}
    return {"allOf": [{"$ref": REF.format(name="CloudEvent")}, data]}


def _messages() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in ENVELOPED.items():
        found[name] = {"payload": _enveloped(name), "contentType": STRUCTURED, "summary": _summary(kind)}
    for name, kind in RECORDS.items():
        content = STRUCTURED if name in EVENTS else JSON
        found[name] = {"payload": {"$ref": REF.format(name=name)}, "contentType": content, "summary": _summary(kind)}
    for frame in FRAMES:
        payload = {"$ref": REF.format(name=frame.__name__)}
        found[frame.__name__] = {"payload": payload, "contentType": JSON, "summary": _summary(frame)}
    return {name: {"name": name, "title": name, **message} for name, message in found.items()}


def _channel_id(topic: Topic) -> str:
    parts = topic.name.replace("-", ".").split(".")
    return parts[0] + "".join(part.capitalize() for part in parts[1:] if part != "v1")


def _channel(topic: Topic) -> dict[str, Any]:
    found: dict[str, Any] = {
        "address": topic.name,
        "description": f"{topic.description}. Key: {topic.key}. Read by: {', '.join(topic.readers)}.",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in topic.records},
        "bindings": {"kafka": {"topic": topic.name, "partitions": topic.partitions, **_kept(topic)}},
        "x-public": topic.public,
    }
    for mark, (name, text) in PARAMETERS.items():
        if mark in topic.name:
            found["address"] = topic.name.replace(mark, "{" + name + "}")
            found["parameters"] = {name: {"description": text}}
            del found["bindings"]["kafka"]["topic"]
    return found


def _kept(topic: Topic) -> dict[str, Any]:
    if topic.retention_ms is None:
        return {"topicConfiguration": {"cleanup.policy": ["compact"]}}
    return {"topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": topic.retention_ms}}


def _operation(action: str, channel: str, names: tuple[str, ...], summary: str) -> dict[str, Any]:
    messages = [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names]
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary, "messages": messages}


def _operations(topic: Topic) -> dict[str, Any]:
    channel = _channel_id(topic)
    title = channel[0].upper() + channel[1:]
    ours = "integrators" not in topic.writers
    found = {}
    if ours:
        summary = f"Written by {', '.join(topic.writers)}"
        found[f"send{title}"] = _operation("send", channel, topic.records, summary)
    if set(topic.readers) - {"agencies"}:
        readers = ", ".join(reader for reader in topic.readers if reader != "agencies")
        found[f"receive{title}"] = _operation("receive", channel, topic.records, f"Read by {readers}")
    return found


def _live() -> tuple[dict[str, Any], dict[str, Any]]:
    names = tuple(frame.__name__ for frame in FRAMES)
    messages = {name: {"$ref": f"#/components/messages/{name}"} for name in names}
    said = "Live frames; `since` (SSE: `Last-Event-ID`) resumes after a number; filters as in GET /v1/incidents"
    channels: dict[str, Any] = {
        "liveEvents": {"address": "/v1/live", "description": f"{said}. Server-Sent Events.", "messages": messages},
        "liveSocket": {"address": "/v1/live/ws", "description": f"{said}. WebSocket.", "messages": messages},
    }
    servers = {"liveEvents": "http", "liveSocket": "websocket"}
    for name, channel in channels.items():
        channel["servers"] = [{"$ref": f"#/servers/{servers[name]}"}]
    operations = {
        f"send{name[0].upper()}{name[1:]}": _operation("send", name, names, "Pushed to every connected client")
        for name in channels
    }
    return channels, operations


SERVERS = {
    "kafka": {"host": "127.0.0.1:{port}", "protocol": "kafka", "variables": {"port": {"default": "9092"}}},
    "http": {"host": "127.0.0.1:8000", "protocol": "http", "description": "SOC_HTTP_HOST and SOC_HTTP_PORT"},
    "websocket": {"host": "127.0.0.1:8000", "protocol": "ws", "description": "The same port"},
}


@cache
def document() -> dict[str, Any]:
    """The whole document, the same for every city: domains and agencies are parameters of addresses."""
    every = topics([ANY_DOMAIN], [ANY_AGENCY])
    channels, operations = _live()
    for topic in every:
        channels[_channel_id(topic)] = _channel(topic)
        operations |= _operations(topic)
    kinds = [*ENVELOPED.values(), *RECORDS.values(), *BODIES, *FRAMES]
    schemas = msgspec.json.schema_components(kinds, ref_template=REF)[1]
    found = {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Smart Operations Center: streams",
            "version": "1.0.0",
            "description": "Kafka topics and live streams. JSON; times RFC 3339 UTC; positions lon, lat.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": JSON,
        "servers": SERVERS,
        "channels": channels,
        "operations": operations,
        "components": {"messages": _messages(), "schemas": schemas},
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return plain
