"""What MQTT messages, notifications and transit feeds say, and what of them says nothing."""

import json
from typing import Any, cast

import msgspec
import pytest
from google.transit.gtfs_realtime_pb2 import FeedMessage

from infra.clock import now_ms
from schemas.edges import Edge, Entity, GtfsRealtime, Mqtt, NgsiLd, Service, Topic
from schemas.errors import Invalid
from services.ingest.edges.gtfs_realtime.edge import Watch
from services.ingest.edges.gtfs_realtime.feed import Feed, Notice
from services.ingest.edges.health import Health
from services.ingest.edges.intake import Door, Intake, Message
from services.ingest.edges.mqtt import messages
from services.ingest.edges.mqtt.messages import Reader, Received
from services.ingest.edges.ngsi_ld.edge import read as read_notification
from tests.unit.edges.door import JUDGE, Letters, Packer, Seen

NOW = 1_769_821_200_000


def edge(**kind: Any) -> Edge:
    return Edge(id="e", name="E", name_vi="E", **kind)


def message(payload: Any, retained: bool = False, **topic: Any) -> Message:
    described = Topic(topic="a/{sensor}", **topic)
    reader = Reader(edge(mqtt=Mqtt(host="h", topics=(described,))), described)
    given = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    found = reader.read("a/s-1", given, Received(NOW, 7, retained))
    assert found is not None
    return found


def records(found: Message) -> list[dict[str, Any]]:
    return [record for event in found.events for record in msgspec.json.decode(event.data)]


NUMBER: dict[str, Any] = {"format": "number", "quantity": "stage_m", "units": {"": "cm"}}
FIELDS: dict[str, Any] = {
    "format": "json",
    "quantities": {"a.b": "stage_m", "c": "speed_kmh"},
    "time": "t",
    "time_format": "unix_s",
}


def test_a_number_is_a_reading_of_now() -> None:
    assert records(message(b"1.5", **NUMBER)) == [{"n": "s-1/stage_m", "v": 1.5, "t": NOW / 1000, "u": "cm"}]


@pytest.mark.parametrize("payload", [b"-2", b"+2.", b".5", b" 6e-3\n", b"1E3"])
def test_a_number_may_be_written_in_these_ways(payload: bytes) -> None:
    assert [each["v"] for each in records(message(payload, **NUMBER))] == [float(payload)]


@pytest.mark.parametrize("text", ["1_0", "nan", "-inf", "Infinity", "1e400", "٣", "0x10", "1 2", "1,5", "", "."])
def test_what_only_a_programmer_takes_for_a_number_is_none(text: str) -> None:
    found = message(text.encode(), **NUMBER)
    assert found.events == []
    assert [fault.detail for fault in found.faults] in ([f"{text!r} is not a number"], ["the number is too large"])


def test_the_fields_of_an_object_are_readings_of_its_time() -> None:
    found = records(message({"a": {"b": 1}, "c": 2, "t": 1769821000}, **FIELDS))
    assert [(each["n"], each["v"], each["t"]) for each in found] == [
        ("s-1/stage_m", 1, 1769821000.0),
        ("s-1/speed_kmh", 2, 1769821000.0),
    ]


def test_a_message_kept_by_the_broker_without_a_time_says_nothing() -> None:
    assert message(b"1.5", retained=True, **NUMBER).events == []
    assert message([{"n": "s-1/stage_m", "v": 1}], retained=True).events == []
    assert message({"c": 1}, retained=True, **{**FIELDS, "time": ""}).events == []
    assert message([{"n": "s-1/stage_m", "v": 1, "t": 1769821000}], retained=True).events != []


@pytest.mark.parametrize(
    ("kind", "data", "time", "says_when"),
    [
        ("signal.raised", {"asset": "a", "kind": "power.outage"}, None, False),
        ("signal.raised", {"asset": "a", "kind": "power.outage"}, "2026-01-31T08:00:00+07:00", True),
        ("signal.cleared", {"asset": "a", "kind": "power.outage", "at": "2026-01-31T08:00:00+07:00"}, None, True),
        ("city.readings", [{"n": "s-1/stage_m", "v": 1}], "2026-01-31T08:00:00+07:00", False),
        ("city.readings", [{"n": "s-1/stage_m", "v": 1, "t": 1769821000}], None, True),
        ("report.created", {"category": "flood"}, None, False),
        ("work.planned", {"from": "2026-01-31T08:00:00+07:00"}, None, True),
    ],
)
def test_an_event_kept_by_the_broker_counts_if_it_says_when_it_was(
    kind: str, data: Any, time: str | None, says_when: bool
) -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/plc", "type": kind, "data": data, "time": time}
    assert bool(message(event, retained=True, format="cloudevents").events) is says_when
    assert message(event, format="cloudevents").events != []


@pytest.mark.parametrize(
    ("payload", "topic", "field"),
    [
        (b"high", NUMBER, None),
        ({"c": True, "t": 1}, FIELDS, "c"),
        ({"c": 1, "t": "x"}, FIELDS, "t"),
        (b'{"c": 1, "t": 1e306}', FIELDS, "t"),
        (b'{"c": 1, "t": -1%s}' % (b"0" * 400), {**FIELDS, "time_format": "unix_ms"}, "t"),
        ({"c": 1, "t": "x"}, {**FIELDS, "time_format": "rfc3339"}, "t"),
        ({"c": 1, "t": 10}, FIELDS, "t"),
        ({"d": 1, "t": 1}, FIELDS, None),
        ([1], FIELDS, None),
        (b"{", {"format": "senml"}, None),
        ({"id": "1"}, {"format": "cloudevents"}, "source"),
    ],
)
def test_a_message_that_cannot_be_read_is_kept_with_the_reason(payload: Any, topic: dict[str, Any], field: Any) -> None:
    found = message(payload, **topic)
    assert found.events == []
    assert [fault.field for fault in found.faults] == [field]


def test_a_message_that_nobody_expected_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "checked", lambda *_: 1 / 0)
    found = message(b"{}", **FIELDS)
    assert [(fault.raw, fault.detail) for fault in found.faults] == [(b"{}", "ZeroDivisionError: division by zero")]


def test_a_topic_of_another_subscription_is_not_read() -> None:
    described = Topic(topic="a/{sensor}")
    assert Reader(edge(), described).read("b/s-1", b"", Received(NOW, 1)) is None


AIR = edge(ngsi_ld=NgsiLd(entities={"Air": Entity(attributes={"pm25": "pm25_ugm3"}, units={"pm25": "ug/m3"})}))


def notified(entity: dict[str, Any], kind: str = "Notification") -> Message:
    return read_notification(AIR, json.dumps({"id": "n", "type": kind, "data": [entity]}).encode(), NOW)


@pytest.mark.parametrize("value", [7, {"value": 7}, {"type": "Property", "value": 7}])
@pytest.mark.parametrize("kind", ["Air", ["Other", "Air"], "https://models.example/Air"])
def test_an_entity_is_read_however_short_it_is_written(value: Any, kind: Any) -> None:
    found = notified({"id": "s", "type": kind, "pm25": value})
    assert records(found) == [{"n": "s/pm25_ugm3", "v": 7, "t": NOW / 1000, "u": "ug/m3"}]


@pytest.mark.parametrize(
    ("entity", "field"),
    [
        ({"id": "s", "type": "Air", "pm25": "high"}, "data.0.pm25"),
        ({"id": "s", "type": "Air", "pm25": {"value": 1, "observedAt": "today"}}, "data.0.pm25.observedAt"),
        ({"id": "s", "type": "Air", "pm25": {"value": 1, "observedAt": "1970-01-01T00:00:10Z"}}, "data.0.pm25"),
        ({"id": "s", "type": "Air", "dateObserved": "today", "pm25": 1}, "data.0.dateObserved"),
        ({"id": "", "type": "Air", "pm25": 1}, "data.0.id"),
    ],
)
def test_what_is_wrong_with_an_entity_has_its_place(entity: dict[str, Any], field: str) -> None:
    assert [fault.field for fault in notified(entity).faults] == [field]


def test_an_attribute_that_cannot_be_read_costs_the_entity_no_other() -> None:
    described = Entity(attributes={"pm25": "pm25_ugm3", "pm10": "pm10_ugm3", "no2": "no2_ugm3"})
    entity = {"id": "s", "type": "Air", "dateObserved": "2026-01-31T01:00:00Z", "pm25": None, "pm10": 7, "no2": "low"}
    body = json.dumps({"id": "n", "type": "Notification", "data": [entity]}).encode()
    found = read_notification(edge(ngsi_ld=NgsiLd(entities={"Air": described})), body, NOW)
    assert [each["n"] for each in records(found)] == ["s/pm10_ugm3"]
    assert [fault.field for fault in found.faults] == ["data.0.pm25", "data.0.no2"]
    part = {"id": "s", "type": "Air", "dateObserved": "2026-01-31T01:00:00Z", "pm25": None}
    assert json.loads(found.faults[0].raw) == part, "what was taken is not in the letter"


@pytest.mark.parametrize("name", ["", "n" * 513])
def test_a_notification_by_whose_id_no_repeat_can_be_told_is_refused(name: str) -> None:
    body = json.dumps({"id": name, "type": "Notification", "data": []}).encode()
    with pytest.raises(Invalid) as refused:
        read_notification(AIR, body, NOW)
    assert refused.value.field == "id"


def test_only_a_notification_is_taken() -> None:
    with pytest.raises(Invalid, match="Notification"):
        notified({}, "ContextSourceNotification")


TRANSIT = edge(gtfs_realtime=GtfsRealtime(url="http://h/f", service=Service(kinds={"NO_SERVICE": "traffic.stalled"})))
OLD = Notice("route-9", "traffic.stalled", "minor")


def feed(*alerts: tuple[str, int, str], severity: str = "INFO", at_s: int = 0) -> Feed:
    return Feed(TRANSIT, body(*alerts, severity=severity, at_s=at_s), NOW)


def body(*alerts: tuple[str, int, str], severity: str = "INFO", at_s: int = 0) -> bytes:
    """Alerts as (id, end of its active period in seconds from now, route)."""
    made = FeedMessage()
    made.header.gtfs_realtime_version, made.header.timestamp = "2.0", at_s
    for number, end, route in alerts:
        alert = made.entity.add(id=number).alert
        alert.effect = alert.NO_SERVICE
        alert.severity_level = alert.SeverityLevel.Value(severity)
        alert.active_period.add(start=0, end=(at_s or NOW // 1000) + end)
        if route:
            alert.informed_entity.add(route_id=route)
    return bytes(made.SerializeToString())


def told(found: Feed, before: dict[str, Notice]) -> list[tuple[str, str]]:
    return [(one.event.type, msgspec.json.decode(one.event.data)["asset"]) for one in found.changes(before)]


def test_notices_raise_when_they_come_and_clear_when_they_are_over_or_gone() -> None:
    assert told(feed(("1", 60, "7"), ("2", -60, "8")), {}) == [("signal.raised", "route-7")]
    assert told(feed(("1", 60, "9")), {"1": OLD}) == []
    assert told(feed(("1", -60, "9")), {"1": OLD}) == [("signal.cleared", "route-9")]
    assert told(feed(("2", 60, "9")), {"1": OLD}) == [("signal.raised", "route-9")]


def test_a_notice_is_told_again_when_its_severity_changes_and_of_several_the_worst() -> None:
    raised = [("signal.raised", "route-9")]
    worse = feed(("1", 60, "9"), severity="SEVERE")
    assert told(worse, {"1": OLD}) == raised and told(worse, worse.notices) == []
    assert told(feed(("1", 60, "9"), ("2", 60, "9")), worse.notices) == raised, "it is less severe again"
    both = worse.notices | {"0": OLD}
    assert told(worse, both) == [] and told(feed(("0", 60, "9")), both) == raised


def test_a_notice_about_nothing_is_kept_with_the_reason() -> None:
    found = feed(("1", 60, ""))
    assert found.notices == {}
    assert [fault.field for fault in found.faults] == ["entity.1"]


def test_what_is_no_feed_is_refused() -> None:
    with pytest.raises(Invalid, match="FeedMessage"):
        Feed(TRANSIT, b"<html>", NOW)


def test_a_feed_made_beyond_every_clock_is_refused_with_its_field() -> None:
    with pytest.raises(Invalid, match=r"header\.timestamp: is after 2200"):
        feed(at_s=NOW)


class Memory:
    """Redis, as far as an edge remembers there."""

    kept: bytes | None = None

    async def get(self, _: str) -> bytes | None:
        return self.kept

    async def set(self, _: str, value: bytes) -> None:
        self.kept = value


async def test_a_feed_that_is_not_made_anew_is_told_as_long_as_that_lasts() -> None:
    packer, now = Packer(0), now_ms() // 1000
    packer.done.set_result(None)
    door = Door(lambda: JUDGE, cast(Any, packer), cast(Any, Letters()), cast(Any, Seen()), cast(Any, Memory()))
    assert TRANSIT.gtfs_realtime is not None
    watch = Watch(Intake(TRANSIT, door, Health("e")), TRANSIT.gtfs_realtime)
    told = []
    for made in (now - 720, now, 0):
        await watch.take(body(at_s=made))
        told.append(watch.detail(now * 1000))
    assert told == ["the feed is not made anew: by its own clock it is 12 minutes old", "", ""]


async def test_who_answers_the_same_rubbish_again_and_again_brings_nothing_more() -> None:
    letters, health = Letters(), Health("e")
    door = Door(lambda: JUDGE, cast(Any, Packer(0)), cast(Any, letters), cast(Any, Seen()), cast(Any, Memory()))
    assert TRANSIT.gtfs_realtime is not None
    watch, brought = Watch(Intake(TRANSIT, door, health), TRANSIT.gtfs_realtime), []
    for _ in range(3):
        health.told.last_ms = None
        await watch.take(b"<html>Maintenance</html>")
        brought.append(health.told.last_ms is not None)
    assert brought == [True, False, False] and len(letters.found) == 1
    assert (watch.state, watch.detail(now_ms())) == ("failed", "is not a FeedMessage of GTFS-Realtime")
    await watch.take(body(at_s=now_ms() // 1000))
    assert (watch.state, watch.detail(now_ms())) == ("connected", "")


async def test_a_notice_that_was_refused_is_tried_again_and_told_of_once() -> None:
    packer, letters, now = Packer(0), Letters(), now_ms() // 1000
    packer.done.set_result(None)
    door = Door(lambda: JUDGE, cast(Any, packer), cast(Any, letters), cast(Any, Seen()), cast(Any, Memory()))
    assert TRANSIT.gtfs_realtime is not None
    watch = Watch(Intake(TRANSIT, door, Health("e")), TRANSIT.gtfs_realtime)
    for ahead in (600, 602):
        await watch.take(body(("1", 60, "7"), at_s=now + ahead))
    (letter,) = letters.found
    assert (letter.field, packer.ids) == ("entity.1", []) and letter.reason in watch.detail(now * 1000)
    for at in (now, now + 1):
        await watch.take(body(("1", 60, "7"), at_s=at))
    assert packer.ids == [f"1@{now}000-signal.raised"] and watch.detail((now + 299) * 1000) == ""
    await watch.take(body(at_s=now + 600))
    await watch.take(body(at_s=now + 2))
    assert packer.ids[1:] == [f"1@{now + 2}000-signal.cleared"]
