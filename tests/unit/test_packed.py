"""Readings taken in one go are as those taken the whole way; what is not simply good goes that way."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.enrich import Catalogue
from city.judge import Accepted, Judge
from schemas.assets import Asset
from schemas.cloudevents import decode_structured
from schemas.domains import Domain, Quantity
from schemas.errors import Invalid
from schemas.packed import decode_packed
from schemas.times import to_ms

NOW = 1_767_250_800_000
NOW_S = NOW / 1000
RIVER = Domain(
    id="river",
    name="River",
    name_vi="Sông",
    description="",
    description_vi="",
    quantities={"stage_m": Quantity(unit="m", name="Stage", name_vi="Mực nước", min=-5, max=30)},
)
GAUGE = Asset(id="gauge-2", kind="sensor.river", name="Gauge 2", zone="north")
JUDGE = Judge(Catalogue.build({}, {"gauge-2": GAUGE}, {"river": RIVER}, {}), pack_limit=100)
GOOD: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "/s", "type": "city.readings"}


def body(*records: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({**GOOD, "data": records, **more}).encode()


def outcome(take: Any) -> Accepted | tuple[str | None, str]:
    try:
        taken: Accepted = take()
    except Invalid as error:
        return error.field, error.detail
    return taken


def test_a_good_pack_is_taken_in_one_go() -> None:
    judge = Judge(JUDGE.catalogue, pack_limit=2)
    records = [{"bn": "gauge-1/", "bt": NOW_S, "n": "stage_m", "v": 1}, {"bn": "gauge-2/", "n": "stage_m", "v": 2}]
    one, other = judge.structured(body(*records), NOW).columns.values()
    assert (one.names, one.times) == (["gauge-1/stage_m"], [NOW]) and other.names == ["gauge-2/stage_m"]
    with pytest.raises(Invalid, match="the limit is 2"):
        judge.structured(body(*records, *records), NOW)


def test_a_good_reading_is_taken_in_one_go() -> None:
    given_body = body({"n": "gauge-1/stage_m", "u": "cm", "v": 150, "t": NOW_S}, time="2026-01-01T07:00:00Z")
    assert decode_packed(given_body, 1) is not None
    (columns,) = JUDGE.structured(given_body, NOW).columns.values()
    assert (columns.names, columns.times, columns.values) == (["gauge-1/stage_m"], [NOW], [1.5])


@pytest.mark.parametrize(
    "other",
    [
        body({"n": "gauge-1/stage_m", "v": 1, "new_": 1}),
        body({"n": "gauge-1/stage_m", "v": 1}, id="\x00"),
        body({"n": "gauge-1/stage_m", "v": 1}, type="signal.raised"),
        body({"n": "gauge-1/stage_m", "v": 1}, data_base64="W10="),
        body({"n": "gauge-1/stage_m", "v": 1}, specversion="0.3"),
        b"[" * 100_000,
        b"\xff",
        b"",
    ],
)
def test_what_needs_a_closer_look_goes_the_whole_way(other: bytes) -> None:
    assert decode_packed(other, 1) is None


def test_a_pack_without_records_holds_no_reading() -> None:
    with pytest.raises(Invalid, match="holds no reading") as refused:
        JUDGE.structured(body(), NOW)
    assert refused.value.field == "data.0"


def test_no_way_takes_a_source_of_the_center_from_outside() -> None:
    given_body = body({"n": "gauge-1/stage_m", "v": 1, "t": NOW_S}, source="/center/people")
    for take in (lambda: JUDGE.structured(given_body, NOW), lambda: JUDGE.accept(decode_structured(given_body), NOW)):
        assert outcome(take) == ("source", "is kept for the center itself: name the system that it comes from")
    taken = JUDGE.structured(given_body, NOW, inside=True)
    assert taken == JUDGE.recorded(given_body, NOW) and taken.source == "/center/people"


numbers = st.sampled_from(
    [None, 0, 1, -6, 31, 2.5, 1e308, 1e300, 2**28 - 1, 2**28, NOW_S, NOW_S + 299.9995, NOW_S + 301]
)
fields = st.fixed_dictionaries(
    {"n": st.sampled_from(["gauge-1/stage_m", "stage_m", "gauge-1/charm", "", None]), "v": numbers, "t": numbers},
    optional={
        "bn": st.sampled_from(["gauge-1/", "", None]),
        "u": st.sampled_from(["m", "cm", "V", None]),
        "bu": st.sampled_from(["m", "km", None]),
        "bt": numbers,
        "bv": numbers,
        "bver": st.sampled_from([10, 11]),
        "vs": st.just("on"),
        "s": numbers,
    },
)
moments = st.sampled_from([None, "2026-01-01T07:00:00Z", "2026-01-01T14:00:00+07:00", "2027-01-01T00:00:00Z", "soon"])


good = st.fixed_dictionaries(
    {"n": st.sampled_from(["gauge-1/stage_m", "gauge-2/stage_m"]), "v": st.integers(0, 3)},
    optional={"t": st.integers(-9, 0), "u": st.sampled_from(["m", "cm"]), "bu": st.just("cm"), "bv": st.just(1)},
)


@given(st.lists(st.one_of(good, fields), max_size=4), moments, moments)
def test_both_ways_give_the_same(records: list[dict[str, Any]], time: str | None, recorded: str | None) -> None:
    plain = [{name: value for name, value in record.items() if value is not None} for record in records]
    plain[:1] = [{"bt": NOW_S} | first for first in plain[:1]]
    given_body = body(*plain, time=time, recordedtime=recorded)
    whole = outcome(lambda: JUDGE.accept(decode_structured(given_body), NOW))
    assert outcome(lambda: JUDGE.structured(given_body, NOW)) == whole
    if recorded != "soon" and (recorded or time != "soon"):
        when = datetime.fromisoformat(recorded or time or datetime.fromtimestamp(NOW_S, UTC).isoformat())
        as_given = outcome(lambda: JUDGE.accept(decode_structured(given_body), to_ms(when)))
        assert outcome(lambda: JUDGE.recorded(given_body, NOW)) == as_given
