"""CloudEvents 1.0 as the center takes and gives them: structured, batched and binary (DESIGN D9)."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec

from schemas.errors import Invalid
from schemas.mended import taken
from schemas.refusals import checked
from schemas.sentences import say
from schemas.times import At, past_leap

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
CONTENT_TYPE = STRUCTURED + "; charset=UTF-8"
KAFKA_HEADERS = [("content-type", CONTENT_TYPE.encode())]
"""Of every record that is an event in structured mode: without them it would be one in binary mode."""
BINARY_MARK = "ce-specversion"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event; extensions other than `recordedtime` are ignored."""

    id: Text
    source: Text
    type: Text
    specversion: str = "1.0"
    time: At | None = None
    """When it happened."""
    recordedtime: At | None = None
    """Extension: when the collector got it."""
    subject: str | None = None
    datacontenttype: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"")
    """JSON; empty when there is none."""
    data_base64: str | None = None

    def payload(self) -> bytes:
        """The data as bytes, whichever way it came. Raises Invalid if there is none or it is no base64."""
        if self.data_base64 is None:
            return _required_data(self)
        try:
            return b64decode(self.data_base64, validate=True)
        except ValueError:
            raise Invalid(say("not_base64"), field="data_base64") from None


class _Versioned(CloudEvent, frozen=True, kw_only=True):
    """As it must come from outside: the version is said."""

    specversion: Annotated[str, msgspec.Meta(pattern=r"^1\.0$")]


_decode_one = msgspec.json.Decoder(_Versioned).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def decode_structured(body: bytes | msgspec.Raw) -> CloudEvent:
    """One event in structured mode. Raises Invalid naming the attribute."""
    return taken(_decode_one, body)[0]


def decode_batch(body: bytes) -> list[CloudEvent | Invalid]:
    """The events of a batch, with the error in place of each bad one. Raises Invalid if it is no JSON array."""
    found: list[CloudEvent | Invalid] = []
    for raw in checked(_decode_list, body):
        try:
            found.append(decode_structured(raw))
        except Invalid as error:
            found.append(error)
    return found


def decode_binary(headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """One event in binary mode; `headers` with lower-case names. Raises Invalid naming the attribute."""
    given: dict[str, Any] = {
        name[3:]: checked(_percent_decoded, value, name) for name, value in headers.items() if name.startswith("ce-")
    }
    given.pop("data", None)
    given.pop("data_base64", None)
    content_type = headers.get("content-type", "application/json")
    given["datacontenttype"] = content_type
    event = checked(lambda values: msgspec.convert(values, _Versioned), {**given, **_times(given)})
    if not body:
        return event
    if is_json(content_type):
        return msgspec.structs.replace(event, data=msgspec.Raw(body))
    return msgspec.structs.replace(event, data_base64=b64encode(body).decode())


def _times(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: past_leap(given[name]) for name in ("time", "recordedtime") if name in given}


def _percent_decoded(value: str) -> str:
    return unquote(value, errors="strict")


def is_json(content_type: str | None) -> bool:
    """True for JSON media types and where none is named."""
    kind = (content_type or "application/json").split(";")[0].strip().lower()
    return kind in {"application/json", "text/json"} or kind.endswith("+json")


def _required_data(event: CloudEvent) -> bytes:
    data = bytes(event.data)
    if not data:
        raise Invalid(say("required"), field="data")
    return data


def encode_event(event: CloudEvent) -> bytes:
    """The event in structured mode, as it is written to Kafka with KAFKA_HEADERS; what is not set is left out."""
    plain = {name: value for name in event.__struct_fields__ if (value := getattr(event, name)) is not None}
    if not bytes(event.data):
        del plain["data"]
    return msgspec.json.encode(plain)
