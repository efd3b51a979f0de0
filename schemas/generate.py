"""JSON Schema of what may be sent to the center, generated from the types; `python -m schemas.generate` writes it."""

import json
import sys
from typing import Any

import msgspec

from schemas.events import REPORT_CATEGORIES, Report, SignalEvent, Work
from schemas.readings import STATES
from schemas.signals import RESERVED, SEVERITIES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SENML_RECORD: dict[str, Any] = {
    "title": "SenmlRecord",
    "description": "A record of a SenML pack (RFC 8428); unknown labels are ignored, those ending in _ are refused",
    "type": "object",
    "properties": {
        "bn": {"type": "string", "description": "base name, put before n"},
        "bt": {"type": "number", "description": "base time, seconds"},
        "bu": {"type": "string", "description": "base unit"},
        "bv": {"type": "number", "description": "base value"},
        "bver": {"type": "integer", "maximum": 10},
        "n": {"type": "string", "description": "name; with bn: <sensor id>/<quantity>"},
        "u": {"type": "string", "description": "SenML unit, converted to the quantity's own"},
        "v": {"type": "number"},
        "t": {"type": "number", "description": "seconds since 1970; below 2**28 relative to now"},
        "quality": {"enum": list(STATES), "description": "state of the instrument; absent: measuring"},
    },
    "patternProperties": {"_$": False},
}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 512}
_TIME = {"type": "string", "format": "date-time", "description": "RFC 3339 with an offset"}
ENVELOPE: dict[str, Any] = {
    "type": "object",
    "description": "A CloudEvent 1.0 in structured mode; extensions other than recordedtime are ignored",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _TEXT,
        "source": {**_TEXT, "not": {"pattern": f"^{RESERVED}"}},
        "time": {**_TIME, "title": "when it happened"},
        "recordedtime": {**_TIME, "title": "when the collector got it"},
        "subject": {"type": "string"},
        "datacontenttype": {"type": "string"},
        "data_base64": {"type": "string", "contentEncoding": "base64"},
    },
}
TYPES: dict[str, Any] = {
    "signal.raised": SignalEvent,
    "signal.cleared": SignalEvent,
    "report.created": Report,
    "work.planned": Work,
}


def _data_schemas() -> dict[str, Any]:
    (references, components) = msgspec.json.schema_components(list(TYPES.values()), ref_template="#/$defs/{name}")
    components["SignalEvent"]["properties"]["severity"]["enum"] = list(SEVERITIES)
    components["Report"]["properties"]["category"]["enum"] = list(REPORT_CATEGORIES)
    components["SenmlRecord"] = SENML_RECORD
    components["SenmlPack"] = {"type": "array", "items": {"$ref": "#/$defs/SenmlRecord"}, "minItems": 1}
    cap = "a CAP 1.2 alert: XML as text, or its head as an object"
    components["Cap"] = {"anyOf": [{"type": "string"}, {"type": "object"}], "description": cap}
    data = dict(zip(TYPES, references, strict=True))
    data["city.readings"] = {"$ref": "#/$defs/SenmlPack"}
    data["cap.received"] = {"$ref": "#/$defs/Cap"}
    return {"data": data, "components": components}


def event_schema() -> dict[str, Any]:
    """The JSON Schema of a CloudEvent that ingest takes, by `type`."""
    found = _data_schemas()
    whole = json.loads(json.dumps(ENVELOPE))
    whole["properties"]["type"] = {"enum": sorted(found["data"])}
    whole["allOf"] = [
        {
            "if": {"properties": {"type": {"const": kind}}},
            "then": {"properties": {"data": schema}, "anyOf": [{"required": ["data"]}, {"required": ["data_base64"]}]},
        }
        for kind, schema in sorted(found["data"].items())
    ]
    return {"$schema": DIALECT, "title": "Input of the center", **whole, "$defs": found["components"]}


def rendered() -> str:
    """The file's text."""
    return json.dumps(event_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rendered())
