"""CloudEvents in structured, batch and binary mode: what is right comes through, what is wrong is named."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevents import (
    CloudEvent,
    decode_batch,
    decode_binary,
    decode_structured,
    encode_event,
    is_json,
)
from schemas.errors import Invalid

GOOD: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}


def structured(**more: Any) -> CloudEvent:
    return decode_structured(json.dumps({**GOOD, **more}).encode())


def test_a_structured_event_keeps_its_data_as_it_came() -> None:
    event = structured(data={"a": [1, 2]}, time="2026-01-31T08:00:00+07:00", recordedtime="2026-01-31T01:00:01Z")
    assert json.loads(event.payload()) == {"a": [1, 2]}
    assert event.time is not None and event.time.isoformat() == "2026-01-31T08:00:00+07:00"
    assert event.recordedtime is not None


def test_unknown_extensions_are_ignored() -> None:
    assert structured(traceparent="00-x", severitynumber=5, strange={"a": 1}).id == "1"


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"id": None}, "id", "required"),
        ({"id": ""}, "id", "length"),
        ({"source": 5}, "source", "str"),
        ({"specversion": "0.3"}, "specversion", '"1.0"'),
        ({"time": "2026-01-31T08:00:00"}, "time", "offset"),
        ({"time": "yesterday"}, "time", "RFC 3339"),
        ({"recordedtime": 5}, "recordedtime", ""),
    ],
)
def test_a_wrong_attribute_is_named(wrong: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        structured(**wrong)
    assert refused.value.field == field
    assert words in refused.value.detail


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
def test_a_missing_attribute_is_named(name: str) -> None:
    body = json.dumps({key: value for key, value in GOOD.items() if key != name}).encode()
    with pytest.raises(Invalid) as refused:
        decode_structured(body)
    assert (refused.value.field, refused.value.detail) == (name, "is required")


def test_a_batch_keeps_the_good_ones_and_the_errors_in_their_places() -> None:
    found = decode_batch(json.dumps([GOOD, {"id": "x"}, 5, GOOD]).encode())
    assert [isinstance(each, CloudEvent) for each in found] == [True, False, False, True]


def test_a_batch_that_is_no_array_is_refused() -> None:
    with pytest.raises(Invalid):
        decode_batch(b"{}")


HEADERS = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/t%E1%BB%89nh", "ce-type": "t"}


def test_binary_json_becomes_data() -> None:
    event = decode_binary({**HEADERS, "content-type": "application/senml+json"}, b"[1]")
    assert (event.source, event.payload(), event.data_base64) == ("/tỉnh", b"[1]", None)


def test_binary_bytes_come_back_as_they_were() -> None:
    event = decode_binary({**HEADERS, "content-type": "application/cap+xml"}, b"<\xff>")
    assert event.payload() == b"<\xff>"


@pytest.mark.parametrize(
    ("header", "value"), [("ce-source", "%FF"), ("ce-time", "2026-01-31"), ("ce-specversion", "2.0"), ("ce-id", "")]
)
def test_a_wrong_header_is_named(header: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_binary({**HEADERS, header: value}, b"")
    assert (refused.value.field or "").removeprefix("ce-") == header.removeprefix("ce-")


def test_a_leap_second_is_a_time_in_every_mode() -> None:
    leap, after = "2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)
    assert structured(time=leap, recordedtime=leap).time == after
    assert decode_binary({**HEADERS, "ce-time": leap}, b"").time == after
    (one,) = decode_batch(json.dumps([{**GOOD, "recordedtime": leap}]).encode())
    assert isinstance(one, CloudEvent) and one.recordedtime == after


def test_data_in_base64_is_decoded_and_what_is_none_is_named() -> None:
    assert structured(data_base64="aGk=").payload() == b"hi"
    for wrong, field in (({"data_base64": "?"}, "data_base64"), ({}, "data")):
        with pytest.raises(Invalid) as refused:
            structured(**wrong).payload()
        assert refused.value.field == field


def test_what_is_written_is_read_as_the_same_and_has_no_empty_attributes() -> None:
    event = structured(data=[1], subject="x")
    assert decode_structured(encode_event(event)).payload() == event.payload()
    assert json.loads(encode_event(structured())) == GOOD


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(None, True), ("application/json; charset=utf-8", True), ("Application/SenML+JSON", True), ("text/xml", False)],
)
def test_json_media_types(kind: str | None, expected: bool) -> None:
    assert is_json(kind) is expected


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[" * 100_000, b'{"id":"\\ud800"}', b"NaN", b'{"data":' + b"[" * 100_000]
)
def test_what_is_no_event_is_invalid(body: bytes) -> None:
    with pytest.raises(Invalid):
        decode_structured(body)


attributes = st.dictionaries(
    st.sampled_from([*GOOD, "time", "data", "data_base64", "subject", "x"]),
    st.none() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2),
)


@given(attributes)
def test_whatever_the_attributes_are_it_is_an_event_or_invalid(wrong: dict[str, Any]) -> None:
    try:
        event = decode_structured(json.dumps({**GOOD, **wrong}).encode())
    except Invalid as error:
        assert error.field in {*GOOD, "time", "data", "data_base64", "subject"}
    else:
        assert event.specversion == "1.0" and event.id and event.source and event.type


@given(
    st.binary(max_size=60), st.dictionaries(st.sampled_from([*HEADERS, "ce-time", "content-type"]), st.text(max_size=9))
)
def test_no_bytes_and_headers_make_it_fail_otherwise_than_as_invalid(body: bytes, headers: dict[str, str]) -> None:
    for decode in (
        decode_structured,
        decode_batch,
        lambda given: decode_binary({**HEADERS, **headers}, given).payload(),
    ):
        try:
            decode(body)
        except Invalid as error:
            assert error.detail
