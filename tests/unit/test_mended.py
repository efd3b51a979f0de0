"""What is null and may be left out is left out, what must be there is missing then; a leap second is a time."""

from collections.abc import Mapping

import msgspec
import pytest

from city.enrich import Catalogue
from city.judge import Judge
from infra.cities.folder import shipped
from schemas.cloudevents import CloudEvent
from schemas.errors import Invalid
from schemas.events import Work
from schemas.mended import MOST, mended
from schemas.times import past_leap

NOW = 1_767_250_800_000
JUDGE = Judge(Catalogue.build({}, {}, shipped().domains, {}), 100)
REPORT = {"category": "flood", "lon": 106.65, "lat": 10.98, "text": "Ngập sâu"}
WORK = {"kind": "roadworks", "from": "2026-01-02T00:00:00Z", "to": "2026-01-03T00:00:00Z"}
AREA = {"type": "Point", "coordinates": [106.65, 10.98]}
CLEARED = {"asset": "feeder-1", "kind": "power.outage"}


def data_of(kind: str, data: Mapping[str, object]) -> dict[str, object]:
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
    return mended(msgspec.json.Decoder(Many).decode, body)


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
        b'{"works": [{"kind": "x", "from": "2016-12-31T23:58:60Z", "to": "2016-12-31T23:59:60Z"}]}',
        b'{"works": [{"kind": "x", "from": "soon", "to": "2016-12-31T23:59:60Z"}]}',
        b'{"by_name": null',
        b'{"by_name": null, "more": \xff}',
        b'{"by_name": null, "more": ' + b"[" * 100_000,
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_what_holds_no_such_null_stays_as_it_came(body: bytes) -> None:
    assert outcome(body) == body


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ("2016-12-31T23:59:60.75Z", "2017-01-01T00:00:00.000Z"),
        ("2017-01-01T06:59:60+07:00", "2017-01-01T00:00:00.000Z"),
        ("2016-12-31T23:59:60+07:00", None),
        ("2016-12-31T12:00:60Z", None),
        ("2016-02-30T23:59:60Z", None),
        ("9999-12-31T23:59:60Z", None),
        ("2016-12-31T23:59:60", None),
    ],
)
def test_a_leap_second_is_the_first_instant_after_it(given: str, read: str | None) -> None:
    assert past_leap(given) == (read or given)
    told = {**CLEARED, "at": given}
    if read is None:
        with pytest.raises(Invalid) as refused:
            data_of("signal.raised", told)
        assert refused.value.field == "data.at"
    else:
        assert data_of("signal.raised", told) == {**CLEARED, "at": read}


def test_a_document_full_of_nulls_is_not_read_again_for_each() -> None:
    works = [{**WORK, "assets": None} for _ in range(2 * MOST)]
    left = msgspec.json.decode(outcome(msgspec.json.encode({"works": works})))["works"]
    assert sum("assets" in one for one in left) == MOST
