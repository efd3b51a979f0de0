"""The wind at its place belongs to the evidence of what smoke has to do with."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import numpy as np
import pytest
from faust.types import TP

from city.detect import Detector, FlatPack, Record, Together, Winds
from city.detect.book import Holding, Move
from city.detect.winds import DIRECTION, KEPT, SPEED, Blow, Vanes
from schemas.events import Event
from schemas.readings import Tick
from schemas.signals import Signal, decode_signal, decode_signal_record
from schemas.topics import events_topic, readings_topic
from streams.detect import Clocks, Detecting
from tests.unit.detect.world import START_MS, Reading, at, catalogue, flat, pack, sensor, tick

AIR = "pm25_ugm3"
SENSORS = [
    sensor("vane", observes=(DIRECTION, SPEED)),
    sensor("mast", observes=(DIRECTION,)),
    sensor("vane-2", zone="z2", observes=(DIRECTION,)),
    sensor("station", observes=(AIR,)),
    sensor("plant", kind="industrial_park"),
    sensor("plant-2", kind="industrial_park", zone="z2"),
]
CITY = catalogue(SENSORS)
WEST, NORTH = 270.0, 0.0


def blown(detector: Detector, *readings: Reading) -> Detector:
    for one in readings:
        detector.pack(pack([one]))
    return detector


def raised(number: int, seconds: float, kind: str = "air.smoke", asset: str = "plant") -> Event:
    data = {"asset": asset, "kind": kind, "severity": "major"}
    return Event("signal.raised", "air", "z1", "/cameras", str(number), at(seconds), at(seconds), data)


def wind(detector: Detector, seconds: float, kind: str = "air.smoke", asset: str = "plant") -> Any:
    """The wind in the evidence of what another system tells now."""
    (signal,) = detector.event(raised(round(seconds), seconds, kind, asset))
    return signal.evidence.get(DIRECTION)


def west(seconds: float = 0, name: str = "vane") -> Reading:
    return (seconds, f"{name}/{DIRECTION}", WEST)


def north(seconds: float = 0, name: str = "vane") -> Reading:
    return (seconds, f"{name}/{DIRECTION}", NORTH)


@pytest.mark.parametrize("kind", ["air.smoke", "air.unhealthy", "fire.detected"])
def test_what_others_tell_has_the_wind_of_its_zone_if_its_kind_asks_for_it(kind: str) -> None:
    detector = blown(Detector(CITY), west(), north(name="vane-2"))
    assert wind(detector, 60, kind) == WEST
    assert wind(detector, 61, kind, "plant-2") == NORTH
    assert wind(detector, 62, "air.limit_exceeded") is None
    assert wind(detector, 63, kind, "nobody-knows-where") is None


def test_a_report_of_smoke_has_the_wind_of_the_zone_in_which_it_was_seen() -> None:
    data = {"category": "smoke", "lon": 106.6, "lat": 11.0, "text": "Khói"}
    seen = Event("report.created", "reports", "z1", "/app", "r1", at(60), at(60), data)
    (signal,) = blown(Detector(CITY), west()).event(seen)
    assert signal.evidence == {"asset": signal.asset, DIRECTION: WEST}


def test_what_is_judged_from_readings_has_the_wind_of_when_it_began_and_keeps_it() -> None:
    detector = blown(Detector(CITY), west())
    air = [(float(seconds), f"station/{AIR}", value) for seconds, value in ((0, 200), (120, 200), (240, 20))]
    (begun,) = [signal for one in air[:2] for signal in detector.pack(pack([one]))]
    blown(detector, north(180))
    (ended,) = detector.pack(pack(air[2:]))
    assert begun.evidence == ended.evidence == {DIRECTION: WEST}


def test_what_a_late_reading_shows_has_the_wind_of_its_time() -> None:
    detector = blown(Detector(CITY), west(), (0, f"station/{AIR}", 20), (900, f"station/{AIR}", 20), north(900))
    found = [detector.pack(pack([(seconds, f"station/{AIR}", 200)])) for seconds in (300, 480)]
    told = [signal for signals in found for signal in signals if signal.kind == "air.unhealthy"]
    assert told and {signal.evidence.get(DIRECTION) for signal in told} == {WEST}


@pytest.mark.parametrize(
    ("seconds", "known"), [(-61, False), (-30, True), (0, True), (1800, True), (3600, True), (3601, False)]
)
def test_a_wind_counts_for_an_hour_and_for_what_began_just_before_it_was_told(seconds: float, known: bool) -> None:
    assert wind(blown(Detector(CITY), west()), seconds) == (WEST if known else None)


def test_of_several_sensors_the_newest_counts_and_of_equally_new_ones_the_first_by_id() -> None:
    detector = blown(Detector(CITY), west(0, "mast"), north(20, "vane"))
    assert wind(detector, 30) == NORTH
    blown(detector, west(40, "mast"), north(40, "vane"))
    assert wind(detector, 50, asset="station") == WEST
    assert wind(blown(Detector(CITY), north(40, "vane"), west(40, "mast")), 50) == WEST


def test_in_a_calm_nobody_knows_where_the_wind_comes_from() -> None:
    detector = blown(Detector(CITY), west(), (0, f"vane/{SPEED}", 0.4))
    assert wind(detector, 30) is None
    blown(detector, west(60), (60, f"vane/{SPEED}", 2.0))
    assert wind(detector, 90, asset="station") == WEST


def test_a_sensor_that_does_not_measure_or_that_nobody_registered_tells_of_no_wind() -> None:
    detector = Detector(CITY)
    detector.pack(pack([west()], {0: "calibrating"}))
    detector.pack(pack([west(name="stranger")]))
    assert wind(detector, 30) is None


def test_what_an_event_brings_of_the_wind_itself_stands() -> None:
    vanes, holding = Vanes(CITY, Winds()), Holding(None, "major")
    vanes.take(DIRECTION, ["vane"], np.array([START_MS]), np.array([WEST]))
    for given, found in (({DIRECTION: 5.0}, 5.0), ({"asset": "plant"}, WEST)):
        move = Move("plant", "air.smoke", "", START_MS, START_MS, holding, {"evidence": given})
        vanes.tell(move)
        assert move.words["evidence"] == given | {DIRECTION: found}


def test_so_many_minutes_of_wind_are_kept() -> None:
    winds = Winds()
    for minute in range(KEPT + 1):
        winds.take(DIRECTION, "z1", Blow(minute * 60_000, "vane", float(minute)))
    assert winds.direction("z1", -1) is None
    assert (winds.direction("z1", 1), winds.direction("z1", KEPT * 60_000)) == (1.0, float(KEPT))


def test_the_newest_wind_is_known_after_a_restart() -> None:
    first = blown(Detector(CITY), west(), (0, f"station/{AIR}", 20))
    assert wind(Detector(CITY, first.pages()), 60) == WEST


def test_the_topics_of_a_partition_number_have_their_winds_in_common() -> None:
    reference, clocks, winds = cast(Any, SimpleNamespace(catalogue=CITY, normals={}, number=0)), Clocks(), Winds()
    topics = readings_topic("weather"), events_topic("air")
    weather, air = (Detecting(TP(topic, 0), reference, clocks, winds, {}) for topic in topics)
    weather.fold(msgspec.json.encode(pack([west()])), 0)
    (output,) = air.fold(msgspec.json.encode(raised(1, 60)), 0)
    signal = decode_signal(decode_signal_record(output.value).data)
    assert signal.evidence[DIRECTION] == WEST


def test_in_a_stretch_of_a_recording_the_wind_is_that_of_each_record() -> None:
    city = catalogue(SENSORS, clock="events")
    names = f"vane/{DIRECTION}", f"vane/{SPEED}", f"station/{AIR}"
    records: list[Record] = []
    for turn in range(90):
        seconds, bad = 60.0 * turn, 200.0 if turn % 15 > 9 else 20.0
        values = (float(turn * 7 % 360), 0.2 if turn % 4 == 0 else 2.0, bad)
        records += [flat([(seconds, name, value)]) for name, value in zip(names, values, strict=True)]
        records += [tick(seconds, "events"), *([raised(turn, seconds)] if turn % 10 == 0 else [])]
    one_by_one, together = Detector(city), Together(Detector(city))
    expected = [_said(one_by_one, record) for record in records]
    found = [one for first, last in pairwise((0, 20, 60, 300, None)) for one in together.signals(records[first:last])]
    assert found == expected
    told = {signal.evidence.get(DIRECTION) for signals in expected for signal in signals if signal.kind[:3] == "air"}
    assert len(told) > 4 and None in told


def _said(detector: Detector, record: Record) -> list[Signal]:
    match record:
        case Tick():
            return detector.tick(record)
        case FlatPack():
            return detector.pack(record.pack())
    return detector.event(record)
