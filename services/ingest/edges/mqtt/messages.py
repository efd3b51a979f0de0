"""What an MQTT message says: SenML, CloudEvents, fields of a JSON object, or one number."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from city.braces import TopicTemplate, filled
from city.judge import READINGS
from infra import log
from schemas.cloudevents import CloudEvent, decode_structured
from schemas.edges import Edge, Topic
from schemas.errors import Invalid
from schemas.refusals import checked
from schemas.senml import resolve
from schemas.sentences import say
from services.ingest.edges.fields import at_path, instant_ms, senml_s, written_number
from services.ingest.edges.intake import Fault, Message, readings

SIGNALS = ("signal.raised", "signal.cleared")


class _Dated(msgspec.Struct, frozen=True):
    """The time in the data of a signal."""

    at: Any = None


_decode_dated = msgspec.json.Decoder(_Dated).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
UNFORESEEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
)
"""What reading bytes may raise where nobody thought of it."""
_log = log.logger("edges")


class Received(NamedTuple):
    """How a message came."""

    at_ms: int
    number: int
    retained: bool = False


class Reader:
    """Reads the messages of one subscription."""

    def __init__(self, edge: Edge, topic: Topic) -> None:
        self._edge, self._topic = edge, topic
        self._template = TopicTemplate(topic.topic)
        self.filter = self._template.filter
        """What to subscribe to."""

    def read(self, topic: str, payload: bytes, received: Received) -> Message | None:
        """The message of a topic; None if the topic is not of this subscription.

        What was retained and has no time of its own says nothing about now: it brings nothing.
        """
        names = self._template.read(topic)
        if names is None:
            return None
        message = Message(origin=topic)
        try:
            event = self._event(names, payload, f"{topic}@{received.at_ms}-{received.number}", received)
        except Invalid as error:
            message.faults = [Fault(payload, error.said, error.field)]
        except UNFORESEEN as error:  # unacknowledged it would come again at each reconnect, and end the edge each time
            _log.exception("message_not_read", edge=self._edge.id, topic=topic)
            message.faults = [Fault(payload, say("failed_with", kind=type(error).__name__, reason=error))]
        else:
            message.events = [event] if event else []
        return message

    def _event(self, names: Mapping[str, str], payload: bytes, event_id: str, received: Received) -> CloudEvent | None:
        form = self._topic.format
        if form == "cloudevents":
            event = decode_structured(payload)
            return None if received.retained and not _says_when(event, received.at_ms) else event
        if form == "senml":
            if received.retained and resolve(payload, received.at_ms).relative:
                return None
            raw = checked(msgspec.json.Decoder(msgspec.Raw).decode, payload)
            return CloudEvent(id=event_id[-512:], source=self._edge.source, type=READINGS, data=raw)
        now_ms = None if received.retained else received.at_ms
        records = self._number(names, payload, now_ms) if form == "number" else self._json(names, payload, now_ms)
        return readings(self._edge, event_id[-512:], records) if records else None

    def _number(self, names: Mapping[str, str], payload: bytes, now_ms: int | None) -> list[dict[str, Any]]:
        value = written_number(payload.decode(errors="replace"))
        if now_ms is None:
            return []
        name = f"{filled(self._topic.sensor, names)}/{filled(self._topic.quantity, names)}"
        return [self._record(name, value, "", now_ms)]

    def _json(self, names: Mapping[str, str], payload: bytes, now_ms: int | None) -> list[dict[str, Any]]:
        given, topic = checked(_decode_object, payload), self._topic
        at = instant_ms(at_path(given, topic.time), topic.time_format, topic.time) if topic.time else now_ms
        if at is None:
            return []
        sensor = filled(topic.sensor, names)
        found = []
        for field, quantity in topic.quantities.items():
            value = at_path(given, field)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Invalid(say("not_number"), field=field)
            found.append(self._record(f"{sensor}/{quantity}", value, field, at))
        if not found:
            raise Invalid(say("has_none_of", known=", ".join(topic.quantities)))
        return found

    def _record(self, name: str, value: float, field: str, at_ms: int) -> dict[str, Any]:
        unit = self._topic.units.get(field)
        return {"n": name, "v": value, "t": senml_s(at_ms, self._topic.time or None), **({"u": unit} if unit else {})}


def _says_when(event: CloudEvent, now_ms: int) -> bool:
    """Whether it says itself when it was, as planned works always do. Raises Invalid if its data cannot be read."""
    if event.type == READINGS:
        return not resolve(event.payload(), now_ms).relative
    if event.time is not None or event.type == "work.planned":
        return True
    return event.type in SIGNALS and checked(_decode_dated, event.payload(), "data").at is not None
