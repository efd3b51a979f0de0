"""Station files: what a layout says is read, everything else is named line by line."""

from typing import Any
from unicodedata import normalize

import msgspec
import pytest

from schemas.edges import Edge, Files
from services.ingest.edges.files.layout import AT_MOST, LayoutReader
from services.ingest.edges.intake import Message
from tests.unit.edges.station import LAYOUT, NAME

GOOD = b"COD;1;mg/L;00"


def read(body: bytes, name: str = NAME, **changes: Any) -> Message:
    layout = msgspec.structs.replace(LAYOUT, **changes)
    edge = Edge(id="e", name="E", name_vi="E", files=Files(folder="/", layout=layout))
    return LayoutReader(edge, layout).read(name, body)


def records(message: Message) -> list[dict[str, Any]]:
    return [record for event in message.events for record in msgspec.json.decode(event.data)]


def test_a_line_is_a_reading_at_the_local_time_of_the_name() -> None:
    found = read("\ufeffCOD;55,5;mg/L;00\r\n\r\nCOD;1;mg/L;02\n".encode())
    assert found.faults == []
    assert records(found) == [
        {"n": "KCN_1/cod_mgl", "v": 55.5, "t": 1769821200.0, "u": "mg/l"},
        {"n": "KCN_1/cod_mgl", "v": 1.0, "t": 1769821200.0, "u": "mg/l", "quality": "fault"},
    ]


def test_a_name_is_the_same_however_its_letters_are_written() -> None:
    for written in ("NFC", "NFD"):
        found = read(GOOD, normalize(written, "Trạm_20260131080000.txt"))
        assert [record["n"] for record in records(found)] == ["Trạm/cod_mgl"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("COD;55.5;mg/L;00", "value"),
        ("COD;high;mg/L;00", "value"),
        ("COD;1_0;mg/L;00", "value"),
        ("COD;NaN;mg/L;00", "value"),
        ("XYZ;1;mg/L;00", "parameter"),
        ("COD;1;mg;00", "unit"),
        ("COD;1;mg/L;09", "state"),
        ("COD;1", None),
    ],
)
def test_a_bad_line_is_set_apart_and_the_others_go_on(line: str, field: str | None) -> None:
    found = read(f"{line}\nCOD;2;mg/L;00\n".encode())
    assert [(fault.raw.decode(), fault.field) for fault in found.faults] == [(line, field)]
    assert [record["v"] for record in records(found)] == [2.0]


@pytest.mark.parametrize(("body", "name"), [(GOOD, "other.txt"), (b"\xff\xfe\xfd", NAME), (b"\n", NAME)])
def test_a_file_that_is_none_is_one_fault(body: bytes, name: str) -> None:
    found = read(body, name)
    assert (found.events, [fault.raw for fault in found.faults]) == ([], [body])


def test_a_time_that_is_none_is_a_fault_of_its_line() -> None:
    found = read(GOOD, "KCN_1_20261331080000.txt")
    assert found.faults[0].field == "time" and "is not a time of the form" in found.faults[0].detail


def test_a_clock_that_nobody_set_makes_no_reading_of_this_moment() -> None:
    found = read(GOOD, "KCN_1_19700101070010.txt")
    assert found.events == [] and {fault.field for fault in found.faults} == {"time"}
    assert found.faults[0].detail.endswith("is not set")


def test_the_same_bytes_have_the_same_ids_and_corrected_ones_others() -> None:
    line = b"COD;1;mg/L;00\n"
    first, again, corrected = read(line * 3), read(line * 3), read(line * 2)
    assert [each.id for each in first.events] == [each.id for each in again.events]
    assert first.events[0].id != corrected.events[0].id


def test_a_long_file_is_several_events() -> None:
    found = read(b"COD;1;mg/L;00\n" * (AT_MOST + 1))
    assert [event.id[-2:] for event in found.events] == ["-0", "-1"]
    assert len(records(found)) == AT_MOST + 1
