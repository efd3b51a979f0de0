"""What is null and may be left out is taken as left out; what must be there is missing then."""

import msgspec
import pytest

from city.enrich import Catalogue
from city.judge import Judge
from infra.cities.folder import shipped
from schemas.cloudevents import CloudEvent
from schemas.errors import Invalid
from schemas.events import Work
from schemas.nulls import MOST, without_nulls

NOW = 1_767_250_800_000
JUDGE = Judge(Catalogue.build({}, {}, shipped().domains, {}), 100)
REPORT = {"category": "flood", "lon": 106.65, "lat": 10.98, "text": "Ngập sâu"}
WORK = {"kind": "roadworks", "from": "2026-01-02T00:00:00Z", "to": "2026-01-03T00:00:00Z"}
AREA = {"type": "Point", "coordinates": [106.65, 10.98]}
CLEARED = {"asset": "feeder-1", "kind": "power.outage"}


def data_of(kind: str, data: dict[str, object]) -> dict[str, object]:
    given = CloudEvent(id="1", source="/s", type=kind, data=msgspec.Raw(msgspec.json.encode(data)))
    record = JUDGE.accept(given, NOW).record
    assert record is not None
    return record.data


@pytest.mark.parametrize(
    ("kind", "data", "nulls"),
    [
        ("report.created", REPORT, ["media"]),
        ("work.planned", {**WORK, "assets": ["road-1"]}, ["expected_effects"]),
        ("work.planned", {**WORK, "geometry": AREA}, ["assets", "expected_effects"]),
        ("signal.cleared", CLEARED, ["severity"]),
    ],
)
def test_an_event_with_null_for_what_may_be_left_out_is_the_event_without_it(
    kind: str, data: dict[str, object], nulls: list[str]
) -> None:
    assert data_of(kind, {**data, **dict.fromkeys(nulls)}) == data_of(kind, data) == data


def test_null_for_what_must_be_there_is_missing() -> None:
    with pytest.raises(Invalid) as told:
        data_of("report.created", {**REPORT, "media": None, "text": None})
    assert (told.value.field, told.value.detail) == ("data.text", "is required")


class Many(msgspec.Struct):
    works: list[Work] = []
    by_name: dict[str, int] = {}


def outcome(body: bytes) -> bytes:
    return without_nulls(msgspec.json.Decoder(Many).decode, body)


def test_nulls_are_left_out_at_any_depth() -> None:
    works = [WORK, {**WORK, "assets": None, "geometry": None}]
    found = msgspec.json.decode(outcome(msgspec.json.encode({"works": works, "by_name": None})))
    assert found == {"works": [WORK, {**WORK, "geometry": None}]}, "what may be null stays"


@pytest.mark.parametrize(
    "body",
    [
        b'{"works": []}',
        b'{"works": [null]}',
        b'{"by_name": {"a": null}}',
        b'{"works": 7}',
        b"null",
        b'{"by_name": null',
        b'{"by_name": null, "more": \xff}',
        b'{"by_name": null, "more": ' + b"[" * 100_000,
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_what_holds_no_such_null_stays_as_it_came(body: bytes) -> None:
    assert outcome(body) == body


def test_a_document_full_of_nulls_is_not_read_again_for_each() -> None:
    works = [{**WORK, "assets": None} for _ in range(2 * MOST)]
    left = msgspec.json.decode(outcome(msgspec.json.encode({"works": works})))["works"]
    assert sum("assets" in one for one in left) == MOST
