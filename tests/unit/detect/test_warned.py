"""Warnings by CAP: which signal, over which zones, until when; updated, cancelled, expired, and those that are none."""

from collections.abc import Iterable
from datetime import datetime
from itertools import permutations
from typing import Any

import msgspec
import pytest

from city.cap import cap_data
from city.correlate import Window
from city.detect import Detector
from schemas.assets import Asset
from schemas.cloudevents import CloudEvent
from schemas.errors import Invalid
from schemas.events import Event
from schemas.readings import Tick
from schemas.signals import Signal
from schemas.times import rfc3339, to_ms
from tests.unit.detect.world import at, catalogue

ZONES = (
    Asset(id="z1", kind="zone", name="Phú Lợi", name_vi="Phường Phú Lợi", position=(106.68, 10.98), agency="wards"),
    Asset(id="z2", kind="zone", name="Bến Cát ward", name_vi="Phường Bến Cát", position=(106.59, 11.15),
          properties={"code": "25813"}),
    Asset(id="z3", kind="zone", name="Far", name_vi="Xa", position=(107.5, 11.9)),
    Asset(id="r1", kind="road_segment", name="r1", position=(106.695, 10.995), zone="z1"),
)  # fmt: skip
PHU_LOI = "<areaDesc>Phường Phú Lợi</areaDesc>"
SMALL = "<polygon>10.99,106.69 10.99,106.70 11.00,106.70 11.00,106.69 10.99,106.69</polygon>"
RING = "<polygon>10.9,106.6 10.9,106.7 11.2,106.7 11.2,106.5 10.9,106.6</polygon>"


def time(second: float) -> str:
    return rfc3339(at(second))[:19] + "+00:00"


def message(number: int = 1, area: str = PHU_LOI, **texts: str) -> str:
    said = {"event": "Mưa dông", "severity": "Severe", "urgency": "Expected", "expires": time(3600)} | texts
    head = {"status": said.pop("status", "Actual"), "msgType": said.pop("msgType", "Alert"), "scope": "Public"}
    head |= {"references": said.pop("references")} if "references" in said else {}
    top = "".join(f"<{name}>{text}</{name}>" for name, text in head.items())
    info = "".join(f"<{name}>{text}</{name}>" for name, text in said.items())
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>w.{number}</identifier><sender>met</sender>'
        f"<sent>{time(0)}</sent>{top}<info>{info}<area>{area}</area></info></alert>"
    )


class Center:
    def __init__(self) -> None:
        self.detector, self.count = Detector(catalogue(ZONES)), 0

    def tell(self, second: float, text: str) -> list[Signal]:
        self.count += 1
        own: dict[str, Any] = {"id": str(self.count), "source": "/met", "type": "cap.received"}
        data = cap_data(
            CloudEvent(
                specversion="1.0",
                **own,
                data=msgspec.Raw(msgspec.json.encode(text)),
                datacontenttype="application/cap+xml",
            )
        )
        event = Event("cap.received", "weather", "unknown", "/met", str(self.count), at(second), at(second), data)
        return self.detector.event(event)

    def tick(self, second: float) -> list[Signal]:
        return self.detector.tick(Tick(to_ms(at(second))))


def test_a_warning_begins_with_its_message_and_ends_when_it_expires() -> None:
    center = Center()
    (signal,) = center.tell(0, message(headline="Mưa dông tại Phú Lợi"))
    assert (signal.kind, signal.severity, signal.zone, signal.position) == (
        "weather.storm",
        "major",
        "z1",
        (106.68, 10.98),
    )
    assert (signal.note, signal.agency, signal.evidence["zones"]) == ("Mưa dông tại Phú Lợi", "wards", ["z1"])
    assert center.tick(3599) == []
    (over,) = center.tick(3601)
    assert (over.id, over.state, over.cleared_at) == (signal.id, "cleared", at(3600))


def test_when_what_is_warned_of_begins_and_ends_stands_in_the_evidence() -> None:
    (signal,) = Center().tell(0, message(onset="2026-03-02T12:00:00+07:00"))
    assert (signal.evidence["onset"], signal.evidence["expires"]) == ("2026-03-02T12:00:00+07:00", time(3600))
    (signal,) = Center().tell(0, message(expires=""))
    assert not {"onset", "expires"} & signal.evidence.keys()


@pytest.mark.parametrize(
    "polygon",
    [
        "north of here",
        "10.9,106.6 10.9,106.7 10.9,106.6",
        "10.9,106.6 10.9,106.7 11.2,106.7 11.2,106.5",
        "10.9,106.6 10.9 106.7 11.2,106.7 10.9,106.6",
        "106.6,10.9 106.7,10.9 106.7,11.2 106.6,10.9",
    ],
)
def test_a_polygon_that_is_open_or_too_small_is_named(polygon: str) -> None:
    with pytest.raises(Invalid) as told:
        Center().tell(0, message(area=f"<areaDesc>x</areaDesc>{RING}<polygon>{polygon}</polygon>"))
    assert (told.value.field, told.value.detail[:16]) == ("data.infos.0.areas.0.polygons.1", "needs four pairs")


@pytest.mark.parametrize("circle", ["north 3", "11.15,106.59 wide", "11.1,106.5", "106.59,11.15 5", "11.1,106.5 -5"])
def test_a_circle_that_is_none_is_named_and_not_a_warning_of_nowhere(circle: str) -> None:
    with pytest.raises(Invalid) as told:
        Center().tell(0, message(area=f"<areaDesc>x</areaDesc><circle>11,106 1</circle><circle>{circle}</circle>"))
    assert (told.value.field, told.value.detail[:14]) == ("data.infos.0.areas.0.circles.1", "is not lat,lon")


@pytest.mark.parametrize("name", ["onset", "expires"])
@pytest.mark.parametrize("moment", ["soon", "2026-11-20T17:40:00"])
def test_a_warning_whose_times_cannot_be_read_is_refused_and_not_lost(name: str, moment: str) -> None:
    with pytest.raises(Invalid) as told:
        Center().tell(0, message(1, PHU_LOI, **{name: moment}))
    assert (told.value.field, told.value.detail[:14]) == (f"data.infos.0.{name}", "CAP times look")


def test_polygons_of_a_message_in_json_are_looked_at_too() -> None:
    head = dict.fromkeys(("identifier", "sender", "scope"), "x") | {"sent": time(0), "status": "Actual"}
    infos: list[Any] = [{"areas": [{"polygons": ["10,106 10,107 11,107 10,106"]}, {"polygons": ["10,106"]}]}]
    given = {**head, "msgType": "Alert", "infos": infos}
    event = CloudEvent(id="1", source="/met", type="cap.received", data=msgspec.Raw(msgspec.json.encode(given)))
    with pytest.raises(Invalid) as told:
        cap_data(event)
    assert told.value.field == "data.infos.0.areas.1.polygons.0"
    given["infos"] = [7]
    event = msgspec.structs.replace(event, data=msgspec.Raw(msgspec.json.encode(given)))
    assert cap_data(event) == given, "infos of another form cover nothing"


@pytest.mark.parametrize(
    ("area", "zones"),
    [
        ("<areaDesc>Xa, Phường Phú Lợi</areaDesc>", ["z1", "z3"]),
        ("<areaDesc>x</areaDesc><geocode><valueName>unit</valueName><value>25813</value></geocode>", ["z2"]),
        ("<areaDesc>x</areaDesc><geocode><valueName>zone</valueName><value>z1</value></geocode>", ["z1"]),
        (f"<areaDesc>x</areaDesc>{RING}", ["z1", "z2"]),
        (f"<areaDesc>some streets</areaDesc>{SMALL}", ["z1"]),
        ("<areaDesc>x</areaDesc><circle>11.15,106.59 5</circle>", ["z2"]),
        ("<areaDesc>x</areaDesc><circle>11.15,106.59\n  5</circle>", ["z2"]),
        ("<areaDesc>x</areaDesc><polygon> </polygon><circle> </circle>", []),
    ],
    ids=["names", "code", "id", "polygon", "less than a ward", "circle", "circle on two lines", "nothing"],
)
def test_zones_are_found_by_name_code_polygon_and_circle(area: str, zones: list[str]) -> None:
    (signal,) = Center().tell(0, message(area=area))
    assert sorted(signal.evidence["zones"]) == zones
    assert signal.zone in (zones or ["unknown"])


def test_an_update_takes_the_place_of_a_warning_and_a_cancel_ends_it() -> None:
    center, refers = Center(), f"met,w.1,{time(0)}"
    (first,) = center.tell(0, message())
    ended, second = center.tell(60, message(2, msgType="Update", references=refers, severity="Extreme"))
    assert (ended.id, ended.state, second.severity, second.asset != first.asset) == (
        first.id,
        "cleared",
        "critical",
        True,
    )
    (over,) = center.tell(120, message(3, msgType="Cancel", references=f"met,w.2,{time(60)}"))
    assert (over.id, over.state, over.cleared_at) == (second.id, "cleared", at(120))
    assert center.tick(9999) == []


@pytest.mark.parametrize(
    "texts",
    [{"status": "Exercise"}, {"event": "Động đất"}, {"urgency": "Past"}, {"msgType": "Ack"}],
    ids=["exercise", "unknown event", "past", "acknowledged"],
)
def test_what_is_no_warning_raises_nothing(texts: dict[str, str]) -> None:
    assert Center().tell(0, message(1, PHU_LOI, **texts)) == []


def test_the_longest_word_of_an_event_says_its_kind_and_one_without_an_end_is_over_after_twelve_hours() -> None:
    center = Center()
    text = message(event="Mưa lớn diện rộng kèm dông", severity="Moderate").replace(
        f"<expires>{time(3600)}</expires>", ""
    )
    (signal,) = center.tell(0, text)
    assert (signal.kind, signal.severity) == ("weather.heavy_rain", "minor")
    assert center.tick(12 * 3600 - 1) == []
    assert [one.state for one in center.tick(12 * 3600)] == ["cleared"]


def test_the_same_message_again_and_one_that_comes_too_late_change_nothing() -> None:
    center = Center()
    assert len(center.tell(0, message())) == 1
    assert center.tell(60, message()) == []
    assert center.tell(7200, message(2)) == []


ALERT = (0, message())
UPDATE = (60, message(2, msgType="Update", references=f"met,w.1,{time(0)}", severity="Extreme"))
CANCEL = (120, message(3, msgType="Cancel", references=f"met,w.1,{time(0)} met,w.2,{time(60)}"))
AGAIN = (200, message())


def amount_to(told: Iterable[tuple[float, str]], restart: bool) -> list[tuple[str, float, float | None]]:
    """Severity, begin and end of what correlate holds in the end."""
    center, window = Center(), Window()
    for second, text in told:
        if restart:
            center.detector = Detector(catalogue(ZONES), center.detector.pages())
        for signal in center.tell(second, text):
            window.apply(signal)
    found = window.signals.values()
    return sorted(
        (one.severity, since(one.raised_at), since(one.cleared_at) if one.cleared_at else None) for one in found
    )


def since(moment: datetime) -> float:
    return (moment - at(0)).total_seconds()


@pytest.mark.parametrize("restart", [False, True], ids=["straight", "restarted"])
def test_messages_amount_to_the_same_in_every_order(restart: bool) -> None:
    for told in permutations([ALERT, UPDATE, CANCEL]):
        assert amount_to(told, restart) == [("critical", 60, 120), ("major", 0, 60)]
    for told in permutations([ALERT, CANCEL]):
        assert amount_to(told, restart) == [("major", 0, 120)]
    for told in permutations([ALERT, UPDATE]):
        assert amount_to(told, restart) == [("critical", 60, None), ("major", 0, 60)]


def test_a_message_that_is_sent_again_is_over_with_its_first_copy() -> None:
    assert amount_to([ALERT, CANCEL, AGAIN], restart=False) == [("major", 0, 120)]
    for told in permutations([ALERT, UPDATE, CANCEL, AGAIN]):
        assert all(end is not None for _, _, end in amount_to(told, restart=False))


def test_what_was_taken_back_before_it_began_never_begins() -> None:
    center = Center()
    assert center.tell(10, CANCEL[1]) == []
    assert center.tell(20, ALERT[1]) == []
    assert center.tick(9999) == []


def test_a_message_that_was_taken_back_does_not_expire_as_well() -> None:
    center = Center()
    assert center.tell(120, CANCEL[1]) == []
    (over,) = center.tell(0, ALERT[1])
    assert (over.state, over.raised_at, over.cleared_at) == ("cleared", at(0), at(120))
    assert center.tick(3601) == []
