"""Notifications as ETSI GS CIM 009 §5.3.1 has them, posted by a context broker; entities become readings."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from city.braces import filled
from infra.clock import now_ms
from schemas.cloudevents import Text
from schemas.edges import Edge, Entity
from schemas.errors import Invalid
from schemas.refusals import checked
from schemas.sentences import say
from schemas.times import At, to_ms, told_ms
from services.ingest.edges.fields import senml_s
from services.ingest.edges.intake import Fault, Intake, Message, Outcome, readings
from services.ingest.edges.ngsi_ld.units import UNIT_CODES

Part = Mapping[str, Any]
"""An entity, or what of it is about one attribute."""


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a notification; `data` are entities, normalized, concise or simplified."""

    id: Text
    """Each has one of its own: by it a repeat is told."""
    type: str
    notified_at: At | None = msgspec.field(default=None, name="notifiedAt")
    data: list[dict[str, Any]]


async def posted(intake: Intake, body: bytes) -> Outcome:
    """Takes a notification. Raises Invalid if nothing of it can be read, Unavailable without Kafka."""
    message = read(intake.edge, body, now_ms())
    if message.faults and not message.events:
        first = message.faults[0]
        raise Invalid(first.detail, field=first.field)
    return await intake.try_take([message])


def read(edge: Edge, body: bytes, received_ms: int) -> Message:
    """The message of a notification; entities that cannot be read are in its faults. Raises Invalid for the whole."""
    given = checked(msgspec.json.Decoder(Notification).decode, body)
    if given.type.rpartition("/")[2] != "Notification":
        raise Invalid(say("not_notification"), field="type")
    at = received_ms if given.notified_at is None else to_ms(given.notified_at)
    message, records = Message(origin=given.id, repeatable=True), []
    for number, entity in enumerate(given.data):
        for part, found in _read(edge, entity, at):
            if isinstance(found, Invalid):
                field = f"data.{number}.{found.field or ''}".removesuffix(".")
                message.faults.append(Fault(msgspec.json.encode(part), found.said, field))
            else:
                records.append(found)
    message.events = [readings(edge, given.id, records)] if records else []
    return message


def _read(edge: Edge, entity: Part, at_ms: int) -> Iterator[tuple[Part, dict[str, Any] | Invalid]]:
    """The record of each attribute, or why there is none, which costs no other; and the part of the entity it is of."""
    try:
        described, names = _described(edge, entity)
        own_ms = _time(_value(entity[described.time]), described.time) if described.time in entity else at_ms
    except Invalid as error:
        yield entity, error
        return
    for name, quantity in described.attributes.items():
        if name not in entity:
            continue
        try:
            sensor = filled(described.sensor, {**names, "attribute": name})
            yield entity, _reading(f"{sensor}/{quantity}", entity[name], own_ms, (described, name))
        except Invalid as error:
            others = described.attributes.keys() - {name, described.time}
            yield {key: value for key, value in entity.items() if key not in others}, error


def _described(edge: Edge, entity: Part) -> tuple[Entity, dict[str, str]]:
    """How its type is read, and what its id says. Raises Invalid."""
    kinds = edge.ngsi_ld.entities if edge.ngsi_ld else {}
    described = next((kinds[name] for name in _names(entity.get("type")) if name in kinds), None)
    if described is None:
        raise Invalid(say("none_of", known=", ".join(kinds)), field="type")
    found = re.fullmatch(described.id, str(entity.get("id", "")))
    if found is None:
        raise Invalid(say("not_form", form=described.id), field="id")
    return described, {"id": found[0], **found.groupdict("")}


def _names(kind: Any) -> Iterator[str]:
    """The types of an entity, whole and short."""
    for name in kind if isinstance(kind, list) else [kind]:
        yield str(name)
        yield re.split(r"[/#:]", str(name))[-1]


def _reading(name: str, attribute: Any, at_ms: int, where: tuple[Entity, str]) -> dict[str, Any]:
    described, field = where
    value = _value(attribute)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid(say("not_number"), field=field)
    told = attribute if isinstance(attribute, Mapping) else {}
    if "observedAt" in told:
        at_ms = _time(told["observedAt"], f"{field}.observedAt")
    unit = described.units.get(field)
    if "unitCode" in told:
        unit = UNIT_CODES.get(str(told["unitCode"]), str(told["unitCode"]))
    return {"n": name, "v": value, "t": senml_s(at_ms, field), **({"u": unit} if unit else {})}


def _value(attribute: Any) -> Any:
    """The value of a Property, however short it is written; a typed value loses its type."""
    for name in ("value", "@value"):
        if isinstance(attribute, Mapping) and name in attribute:
            attribute = attribute[name]
    return attribute


def _time(given: Any, field: str) -> int:
    try:
        return told_ms(given)
    except msgspec.ValidationError:
        raise Invalid(say("time_offset"), field=field) from None
