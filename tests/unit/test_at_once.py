"""Lines judged many at once are taken, told and passed on as line by line."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.arrivals import AT_ONCE, Arrivals, Stretch, as_recorded
from city.at_once import AtOnce
from city.detect import FlatColumns, FlatPack
from city.enrich import Catalogue
from city.judge import Judge
from city.packing import PACK_READINGS
from schemas.assets import Asset, City
from schemas.domains import Domain, Quantity
from schemas.errors import Invalid
from schemas.events import Event
from schemas.readings import Tick
from schemas.times import from_ms, rfc3339

START_S = 1_767_250_800 - 40
"""A few lines before an hour ends."""


def domain(name: str, **quantities: Quantity) -> Domain:
    return Domain(id=name, name=name, name_vi=name, description="", description_vi="", quantities=quantities)


RIVER = domain("river", stage_m=Quantity(unit="m", name="Stage", name_vi="Mực nước", min=-5, max=30))
AIR = domain("air", heat_c=Quantity(unit="Cel", name="Heat", name_vi="Nhiệt độ"))
CATALOGUE = as_recorded(
    Catalogue.build(
        {"c": City(id="c", name="c", name_vi="c", time_zone="Asia/Ho_Chi_Minh")},
        {"g1": Asset(id="g1", kind="sensor.river", name="G1", zone="north")},
        {"river": RIVER, "air": AIR},
        {},
    )
)
LIMIT = 3_000

GOOD = st.fixed_dictionaries(
    {"n": st.sampled_from(["g1/stage_m", "g1/heat_c", "g2/stage_m", "g3/heat_c"]), "v": st.integers(1, 29)},
    optional={"t": st.sampled_from([0, 0, -1.5, 1.0015, 7]), "u": st.just(None)},
)
ODD: list[dict[str, Any]] = [
    {"n": "g1/stage_m", "v": 31},
    {"n": "g1/stage_m", "v": 30, "u": "km"},
    {"n": "g1/stage_m", "v": 300, "u": "cm"},
    {"n": "g1/heat_c", "v": 290, "u": "K"},
    {"n": "g1/heat_c", "v": 1e308, "u": "mK"},
    {"n": "g1/charm", "v": 1},
    {"n": "mực/stage_m", "v": 1},
    {"n": "g1/stage_m", "v": 1, "u": "ell"},
    {"n": "g1/stage_m", "v": 1, "t": 1e12},
    {"n": "g1/stage_m", "v": 1, "t": 1e300},
    {"n": "g1/stage_m", "v": 1, "t": 1.0015},
    {"n": "g1/stage_m", "v": 1, "bt": 0},
    {"n": "g1/stage_m", "v": 1, "bt": -60},
    {"n": "g1/stage_m", "v": 1, "bt": START_S, "t": 8.0025},
    {"n": "g1/stage_m", "v": 1, "bt": None},
    {"n": "g1/stage_m", "v": 1, "quality": "fault"},
    {"n": "g1/stage_m", "v": 1, "new_": 1},
    {"n": "stage_m", "v": 1, "bn": "g1/"},
    {"n": "g1/stage_m", "vs": "on"},
]
RECORDS = st.lists(GOOD | st.sampled_from(ODD), max_size=4) | st.lists(GOOD, min_size=1, max_size=5)
TIMES: list[dict[str, Any]] = [
    {"time": None},
    {"recordedtime": None},
    {"time": None, "recordedtime": None},
    {"time": "soon"},
    {"time": "1969-01-01T00:00:00Z"},
    {"recordedtime": "2250-01-01T00:00:00Z"},
    {"recordedtime": "1971-01-01T00:00:00Z"},
    {"id": ""},
    {"id": "\x00"},
    {"source": "/center/people"},
    {"specversion": "0.3"},
    {"data_base64": "W10="},
    {"extra": [1]},
]
MORE = st.sampled_from([{}] * 20 + TIMES)
GAPS = st.sampled_from([0] * 8 + [0.4, 1, 1, 2, 6, 90, -3, 4000])
SOURCES = st.sampled_from(["/a", "/b", "/c"])
RAW = st.sampled_from([b"\n", b"  \n", b"{no json\n", b"\xff\n", b"[]\n", b'{"specversion": "1.0"}\n'])
REPORT = {"category": "flood", "lon": 106.7, "lat": 10.8, "text": "water"}


def line(number: int, at_s: float, source: str, data: Any, more: dict[str, Any]) -> bytes:
    when = rfc3339(from_ms(round(at_s * 1000)))
    head = {"specversion": "1.0", "type": "city.readings", "id": f"{number}", "source": source, "time": when}
    whole = {**head, "recordedtime": when, "data": data, **more}
    return json.dumps(whole).encode() + b"\n"


@st.composite
def recordings(draw: st.DrawFn) -> list[bytes]:
    """Lines of three sources; some are bad, some are events, some come late or after a pause."""
    now, found = float(START_S), list[bytes]()
    for number in range(draw(st.integers(1, 60))):
        now += draw(GAPS)
        kind = draw(st.integers(0, 19))
        if kind == 0:
            found.append(draw(RAW))
        elif kind == 1:
            found.append(line(number, now, "/people", REPORT, {"type": "report.created"}))
        else:
            records = [{name: one for name, one in record.items() if one is not None} for record in draw(RECORDS)]
            if kind > 2:
                records[:1] = [{"bt": now} | first for first in records[:1]]
            found.append(line(number, now, draw(SOURCES), records, draw(MORE)))
    return found


def stretches(lines: Sequence[bytes]) -> list[Stretch]:
    return list(Arrivals(CATALOGUE, LIMIT).stretches(lines))


def one_by_one(lines: Sequence[bytes]) -> list[Stretch]:
    """The same without judging at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AtOnce, "read", lambda _, given: [None] * len(given))
        return stretches(lines)


@settings(max_examples=60, deadline=None)
@given(recordings())
def test_a_recording_read_at_once_is_as_line_by_line(lines: list[bytes]) -> None:
    assert stretches(lines) == one_by_one(lines)


@settings(max_examples=60, deadline=None)
@given(recordings())
def test_what_is_read_at_once_is_what_the_judge_says(lines: list[bytes]) -> None:
    judge = Judge(CATALOGUE, LIMIT, zoned=False)
    for read, body in zip(judge.at_once().read(lines), lines, strict=True):
        if read is not None:
            event, mark_ms, columns = read
            accepted = judge.recorded(body, 0)
            whole = {
                place: FlatColumns.of(own.names, own.times, own.values, own.states)
                for place, own in accepted.columns.items()
            }
            assert (event.source, event.id, mark_ms, columns) == (
                accepted.source,
                accepted.id,
                accepted.mark_ms,
                whole,
            )
            assert list(columns) == list(whole) and not accepted.faults


def test_good_readings_are_never_judged_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [{"n": "g1/stage_m", "v": 150, "u": "cm", "bt": START_S}, {"n": "g1/heat_c", "v": 1, "t": -1.5}]
    lines = [line(number, START_S + number, "/a", records, {}) for number in range(3 * AT_ONCE)]
    monkeypatch.delattr(Judge, "recorded")
    packs = [one for stretch in stretches(lines) for one in stretch.records if isinstance(one, FlatPack)]
    assert {pack.domain for pack in packs} == {"river", "air"}
    first = packs[0].pack()
    assert (first.names[0], first.times[0], first.values[0]) == ("g1/stage_m", START_S * 1000, 1.5)
    assert sum(len(pack.ids) for pack in packs) == 2 * len(lines)


def test_times_are_rounded_as_their_decimals_are() -> None:
    """Each is nearer to the millisecond before; the nearest float to the sum lies in the middle, or behind."""
    offsets = [1.0014999999999998, 1.0034999999999998]
    lines = [
        line(n, START_S, "/a", [{"n": "g1/stage_m", "v": 1, "bt": START_S, "t": t}], {}) for n, t in enumerate(offsets)
    ]
    (pack,) = [one for one in stretches(lines)[0].records if isinstance(one, FlatPack)]
    assert pack.pack().times == [START_S * 1000 + 1001, START_S * 1000 + 1003]


@pytest.mark.parametrize("size", [1, 700, PACK_READINGS + 100])
def test_large_packs_are_parted_alike(size: int) -> None:
    records = [{"n": f"g{number}/stage_m", "v": 1, "bt": START_S} for number in range(size)]
    records += [{"n": f"{'h' * 190}{number}/heat_c", "v": 1} for number in range(size // 3)]
    states = [*records[:-1], {**records[-1], "quality": "fault"}]
    lines = [line(number, START_S, "/a", states if number == 2 else records, {}) for number in range(5)]
    assert stretches(lines) == one_by_one(lines)


def test_what_nobody_takes_is_noted_at_its_line() -> None:
    records = [{"n": "g1/stage_m", "v": 31, "bt": START_S}, {"n": "g1/stage_m", "v": 2}]
    lines = [line(1, START_S, "/a", records, {}), b"\n", line(2, START_S, "/a", records[:1], {})]
    lines.append(line(3, START_S, "/people", REPORT, {"type": "report.created"}))
    (stretch,) = stretches(lines)
    assert [note.line for note in stretch.taken.notes] == [1, 3]
    assert [type(record) for record in stretch.records] == [FlatPack, Event, Tick] and stretch.lines == [4]
    assert (stretch.taken.events, stretch.taken.refused, stretch.taken.bytes) == (2, 1, sum(map(len, lines)))


def test_a_line_that_the_judge_refuses_is_not_read_at_once() -> None:
    judge = Judge(CATALOGUE, 1, zoned=False)
    two = [{"n": "g1/stage_m", "v": 1, "bt": START_S}, {"n": "g1/stage_m", "v": 2, "t": 1}]
    body = line(1, START_S, "/a", two, {})
    assert judge.at_once().read([body]) == [None]
    with pytest.raises(Invalid, match="the limit is 1"):
        judge.recorded(body, 0)
