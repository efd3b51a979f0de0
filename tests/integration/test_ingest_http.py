"""Ingest over HTTP on real Kafka and Redis: what is taken, how it is written, and every kind of bad input."""

import gzip
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import httpx
import pytest

from infra.embedded.ports import free_ports
from schemas.cloudevents import BATCH, STRUCTURED
from services.cli.replay import Center, play
from tests.intake import (
    KEY,
    VIEWER_KEY,
    Ingest,
    event,
    pack,
    publish_reference,
    reference,
    running_ingest,
    running_process,
)
from tests.servers import Servers
from tests.waiting import until

RIVER, TRAFFIC, REPORTS = "city.readings.river.v1", "city.readings.traffic.v1", "city.events.reports.v1"


@pytest.fixture(scope="module")
def ingest(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    publish_reference(servers.kafka, reference())
    with running_ingest(servers, tmp_path_factory.mktemp("ingest")) as running:
        yield running


def in_minutes(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


def assert_problem(answer: httpx.Response, status: int, *words: str, field: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status and body["title"] and body["detail"]
    for word in words:
        assert word in answer.text
    if field is not None:
        assert body["field"] == field


def test_ingest_listens_on_one_address_of_either_kind(servers: Servers, tmp_path: Path) -> None:
    for host in ("127.0.0.2", "::1"):
        (port,) = free_ports(1)
        given = {"ingest_host": host, "ingest_port": str(port), "http_host": "192.0.2.1"}
        ingest = Ingest(servers.kafka, port, host)
        with running_process("services.ingest", tmp_path, kafka_bootstrap=servers.kafka, **given):
            until(ingest.listens, f"ingest on {host}")


def test_a_pack_is_converted_placed_and_keyed_by_zone(ingest: Ingest) -> None:
    answer = ingest.post_one(event(pack("loop-1/speed_kmh", [10.0, 20.0], u="m/s"), number="convert"))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": [], "duplicates": 0})
    (found,) = ingest.packs(TRAFFIC, "loop-1/speed_kmh")
    assert found["values"] == pytest.approx([36.0, 72.0])
    assert (found["zone"], found["key"], found["partition"]) == ("zone-b", b"zone-b", crc32(b"zone-b") % 4)
    (run,) = found["runs"]
    assert (run["source"], run["id"], run["count"]) == ("/test", "convert", 2)


def test_an_unknown_sensor_is_taken_into_the_unknown_zone(ingest: Ingest) -> None:
    assert ingest.post(event(pack("nobody-knows-1/stage_m", [1.0]), number="unknown")).status_code == 202
    (found,) = ingest.packs(RIVER, "nobody-knows-1/stage_m")
    assert (found["zone"], found["domain"]) == ("unknown", "river")


def test_one_pack_of_several_domains_goes_to_each(ingest: Ingest) -> None:
    both = pack("both-1/stage_m", [1.0]) + pack("both-1/speed_kmh", [40.0])
    assert ingest.post(event(both, number="both")).json()["accepted"] == 1
    assert ingest.packs(RIVER, "both-1/stage_m") and ingest.packs(TRAFFIC, "both-1/speed_kmh")


def test_binary_mode_takes_a_senml_pack_as_body(ingest: Ingest) -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "binary", "ce-source": "/t%E1%BB%89nh", "ce-type": "city.readings"}
    answer = ingest.raw(json.dumps(pack("binary-1/stage_m", [2.0])), "application/senml+json", **headers)
    assert answer.status_code == 202, answer.text
    assert ingest.packs(RIVER, "binary-1/stage_m")[0]["runs"][0]["source"] == "/tỉnh"


def test_a_large_pack_is_split_into_packs_of_two_thousand(ingest: Ingest) -> None:
    assert ingest.post(event(pack("large-1/stage_m", [1.0] * 4500), number="large")).status_code == 202
    sizes = [len(found["names"]) for found in ingest.packs(RIVER, "large-1/stage_m")]
    assert sum(sizes) == 4500 and max(sizes) <= 2000


def test_signals_reports_works_and_warnings_are_routed(ingest: Ingest) -> None:
    report = {"category": "flood", "lon": 106.65, "lat": 10.981, "text": "Ngập sâu"}
    work = {
        "kind": "roadworks",
        "from": in_minutes(60),
        "to": in_minutes(120),
        "assets": ["loop-1"],
        "expected_effects": [],
    }
    answer = ingest.post(
        event({"asset": "feeder-1", "kind": "power.outage"}, kind="signal.raised", number="raised"),
        event({"asset": "feeder-1", "kind": "power.outage"}, kind="signal.cleared", number="cleared"),
        event(report, kind="report.created", number="report"),
        event(work, kind="work.planned", number="work"),
        event(CAP, kind="cap.received", number="cap", datacontenttype="application/cap+xml"),
    )
    assert answer.json() == {"accepted": 5, "rejected": [], "duplicates": 0}
    power = [each for each in ingest.records("city.events.power.v1") if each.get("record") == "event"]
    assert [each["partition"] for each in power if each["type"] == "signal.cleared"] == [0, 1, 2, 3]
    assert [each["partition"] for each in power if each["type"] == "signal.raised"] == [crc32(b"unknown") % 4]
    reports = {each["id"]: each for each in ingest.records(REPORTS) if each.get("record") == "event"}
    assert (reports["report"]["zone"], reports["work"]["zone"]) == ("zone-b", "zone-b")
    weather = [each for each in ingest.records("city.events.weather.v1") if each.get("record") == "event"]
    assert weather[0]["data"]["original"] == CAP


CAP = (
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a.1</identifier><sender>center.example.vn</sender>'
    "<sent>2026-11-20T17:40:00+07:00</sent><status>Exercise</status><msgType>Alert</msgType><scope>Public</scope></alert>"
)


def test_identical_source_and_id_is_taken_once(ingest: Ingest) -> None:
    once = event(pack("once-1/stage_m", [1.0]), number="once")
    assert ingest.post(once, once).json() == {"accepted": 1, "rejected": [], "duplicates": 1}
    assert ingest.post_one(once).json() == {"accepted": 0, "rejected": [], "duplicates": 1}
    assert ingest.post({**once, "source": "/other"}).json()["accepted"] == 1
    assert sum(found["names"].count("once-1/stage_m") for found in ingest.packs(RIVER, "once-1/stage_m")) == 2


def test_a_csv_in_any_order_is_taken_whole_and_once(ingest: Ingest, tmp_path: Path) -> None:
    """Station by station, one with the hour that comes twice when summer time ends; two files have the same name."""
    mapping = 'source = "/csv"\ntime = "time"\ntime_zone = "Europe/Berlin"\n[[columns]]\ncolumn = "level"\n'
    files = [tmp_path / river / "2025.csv" for river in ("north", "south")]
    for file in files:
        file.parent.mkdir()
        column = 'sensor = "{station}"\nquantity = "stage_m"\nunit = "m"\n'
        (file.parent / "replay.toml").write_text(mapping + column)
        at = [(name, minutes) for name in ("a", "a", "b") for minutes in ("00", "30")]
        rows = [f"2025-10-26T02:{one[1]},{file.parent.name}-{one[0]},{level}" for level, one in enumerate(at)]
        file.write_text("\n".join(["time,station,level", *rows]))
    for accepted, again in ((12, 0), (0, 12)):
        center = Center(str(ingest.http.base_url), KEY)
        play(files, float("inf"), center)
        assert (center.accepted, center.duplicates, center.rejected) == (accepted, again, 0)


def test_valid_events_of_a_batch_are_taken_and_the_others_named(ingest: Ingest) -> None:
    bad = event(pack("mixed-1/stage_m", [1.0]), number="naive", time="2026-01-01T00:00:00")
    answer = ingest.post(event(pack("mixed-1/stage_m", [1.0]), number="good"), bad, {"id": 5})
    body = answer.json()
    assert (answer.status_code, body["accepted"]) == (202, 1)
    assert [found["index"] for found in body["rejected"]] == [1, 2]
    assert body["rejected"][0]["field"] == "time" and "offset" in body["rejected"][0]["detail"]


def test_what_is_not_taken_is_told_in_the_language_that_is_preferred(ingest: Ingest) -> None:
    given = [*pack("told-1/stage_m", [1.0]), *pack("told-1/stage_m", [9999.0])]
    answer = ingest.raw(json.dumps(event(given, number="told")), STRUCTURED, **{"accept-language": "vi"})
    (fault,) = answer.json()["rejected"]
    assert fault["detail"].endswith("nằm ngoài khoảng hợp lý -10.0 … 200.0 m")
    assert answer.headers["content-language"] == "vi"
    refused = ingest.raw("{}", "text/plain", **{"accept-language": "vi, en;q=0.5"})
    body = refused.json()
    assert (body["title"], body["code"]) == ("Không nhận loại hoặc cách nén nội dung này", "content_type")
    assert body["detail"].startswith("không nhận text/plain") and refused.headers["vary"] == "Accept-Language"


def test_a_bad_record_does_not_lose_its_pack(ingest: Ingest) -> None:
    given = [*pack("part-1/stage_m", [1.0]), {"n": "part-1/stage_m", "v": "high"}, *pack("part-1/stage_m", [9999.0])]
    body = ingest.post(event(given, number="part")).json()
    assert body["accepted"] == 1
    assert [(found["record"], found["field"]) for found in body["rejected"]] == [(1, "data.1.v"), (2, "data.2.v")]


def signal_raised(**data: object) -> dict[str, object]:
    return event({"asset": "feeder-1", "kind": "power.outage", **data}, kind="signal.raised", number="bad-signal")


BAD_EVENTS = {
    "a reading that is no number": (event([{"n": "x/stage_m", "v": True}], number="b1"), "data.0.v"),
    "an unknown unit": (event([{"n": "x/stage_m", "v": 1, "u": "furlong"}], number="b2"), "data.0.u"),
    "a unit of another dimension": (event([{"n": "x/stage_m", "v": 1, "u": "kg"}], number="b3"), "data.0.u"),
    "an unknown quantity": (event([{"n": "x/charm", "v": 1}], number="b4"), "data.0.n"),
    "an implausible value": (event([{"n": "x/stage_m", "v": 1e300}], number="b5"), "data.0.v"),
    "a sum that overflows": (event([{"n": "x/stage_m", "bv": 1e308, "v": 1e308}], number="b6"), "data.0.v"),
    "a reading of the far future": (
        event([{"n": "x/stage_m", "v": 1, "t": time.time() + 86_400}], number="b7"),
        "data.0.t",
    ),
    "a time beyond every calendar": (event([{"n": "x/stage_m", "v": 1, "t": 1e300}], number="b8"), "data.0.t"),
    "a name with a blank": (event([{"n": "x y/stage_m", "v": 1}], number="b9"), "data.0.n"),
    "a label that must be understood": (event([{"n": "x/stage_m", "v": 1, "must_": 1}], number="b10"), "data.0.must_"),
    "data that is no pack": (event({"n": "x/stage_m"}, number="b11"), "data"),
    "no data": ({"specversion": "1.0", "id": "b12", "source": "/t", "type": "city.readings"}, "data"),
    "a naive time": (event([], number="b13", time="2026-11-20T10:00:00"), "time"),
    "a far future time": (event([], number="b14", time="2199-01-01T00:00:00Z"), "time"),
    "the time of a clock that nobody set": (event([], number="b15c", time="1970-01-01T00:02:11Z"), "time"),
    "a signal since a clock was not set": (signal_raised(at="1970-01-01T00:02:11Z"), "data.at"),
    "a time before the epoch": (event([], number="b15", time="0001-01-01T00:00:00+12:00"), "time"),
    "an unknown type": (event({}, kind="city.gossip", number="b16"), "type"),
    "another version": ({**event([], number="b17"), "specversion": "0.3"}, "specversion"),
    "an empty id": (event([], number=""), "id"),
    "an id with NUL": (event([], number="a\x00b"), "id"),
    "an unknown severity": (signal_raised(severity="awful"), "data.severity"),
    "an unknown kind": (signal_raised(kind="gossip.heard"), "data.kind"),
    "a kind too long for an index": (signal_raised(kind="power." + "0f" * 3000), "data.kind"),
    "a kind of several lines": (signal_raised(kind="power.outage\n"), "data.kind"),
    "a note like a book": (signal_raised(note="a" * 2_001), "data.note"),
    "a report like a book": (
        event(
            {"category": "flood", "lon": 106.6, "lat": 10.9, "text": "a" * 10_001}, kind="report.created", number="b"
        ),
        "data.text",
    ),
    "a reporter like a book": (
        event(
            {"category": "flood", "lon": 106.6, "lat": 10.9, "text": "", "reporter": "a" * 201},
            kind="report.created",
            number="b",
        ),
        "data.reporter",
    ),
    "a message named by a book": (
        event(CAP.replace("<identifier>", "<identifier>" + "a" * 513), kind="cap.received", number="b"),
        "data.identifier",
    ),
    "an open polygon": (
        event(
            CAP.replace("</alert>", "<info><area><polygon>1,1 1,2 2,2 2,1</polygon></area></info></alert>"),
            kind="cap.received",
            number="b",
        ),
        "data.infos.0.areas.0.polygons.0",
    ),
    "two values in one record": (event([{"n": "x/stage_m", "v": 1, "vs": "on"}], number="b27"), "data.0.vs"),
    "a signal without asset": (signal_raised(asset=""), "data.asset"),
    "a naive time of a signal": (signal_raised(at="2026-11-20T10:00:00"), "data.at"),
    "a source of the center": (
        event(
            {"category": "crash", "lon": 106.6, "lat": 10.9, "text": "", "reporter": "lan"},
            kind="report.created",
            number="b",
            source="/center/people",
        ),
        "source",
    ),
    "readings of the center": (event(pack("x/stage_m", [1.0]), number="b", source="/center/detect"), "source"),
    "words with NUL": (signal_raised(note="a\x00b"), "data"),
    "a report from nowhere": (
        event({"category": "flood", "lon": 10.98, "lat": 106.6, "text": ""}, kind="report.created", number="b25"),
        "data.lat",
    ),
    "an XML bomb": (
        event(
            '<!DOCTYPE a [<!ENTITY b "c">]><alert>&b;</alert>',
            kind="cap.received",
            number="b26",
            datacontenttype="text/xml",
        ),
        "data",
    ),
}


@pytest.mark.parametrize("what", BAD_EVENTS)
def test_nothing_valid_is_answered_with_the_field(ingest: Ingest, what: str) -> None:
    given, field = BAD_EVENTS[what]
    assert_problem(ingest.post_one(given), 422, field=field)


BAD_BODIES: dict[str, tuple[bytes, int]] = {
    "malformed JSON": (b'{"specversion": "1.0",', 422),
    "NaN": (
        b'{"specversion":"1.0","id":"n","source":"/t","type":"city.readings","data":[{"n":"x/stage_m","v":NaN}]}',
        422,
    ),
    "invalid UTF-8": (b'{"specversion":"1.0","id":"\xff","source":"/t","type":"city.readings","data":[]}', 422),
    "a lone surrogate": (b'{"specversion":"1.0","id":"\\ud800","source":"/t","type":"city.readings","data":[]}', 422),
    "endless nesting": (b'{"data":' + b"[" * 200_000, 422),
    "an array": (b"[]", 422),
    "nothing": (b"", 422),
    "a huge body": (b" " * 8_388_609, 413),
}


@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_body_that_cannot_be_read_is_a_problem(ingest: Ingest, what: str) -> None:
    body, status = BAD_BODIES[what]
    assert_problem(ingest.raw(body, STRUCTURED), status)


def test_a_huge_body_without_a_length_is_refused_too(ingest: Ingest) -> None:
    pieces = (b" " * 65_536 for _ in range(200))
    answer = ingest.http.post("/v1/events", content=pieces, headers={"content-type": BATCH})
    assert_problem(answer, 413, "8388608")


def test_a_pack_of_a_hundred_thousand_readings_names_the_limit(ingest: Ingest) -> None:
    given = event([{"n": "x/stage_m", "v": 1}] * 100_000, number="hundred")
    assert_problem(ingest.post_one(given), 422, "50000", field="data")


def test_another_content_type_names_those_that_are_taken(ingest: Ingest) -> None:
    assert_problem(ingest.raw("{}", "application/json"), 415, STRUCTURED, BATCH)


def test_without_a_key_and_with_a_viewers_key_nothing_is_taken(ingest: Ingest) -> None:
    assert_problem(ingest.raw("[]", BATCH, authorization="Bearer wrong"), 401, "the API key is not known")
    assert_problem(ingest.raw("[]", BATCH, authorization="Basic d3Jvbmc="), 401, "send Authorization: Bearer")
    assert_problem(ingest.raw("[]", BATCH, authorization=f"Bearer {VIEWER_KEY}"), 403, "viewer")


def test_a_mark_of_utf_8_before_the_body_is_passed_over(ingest: Ingest) -> None:
    body = "\ufeff" + json.dumps([event(pack("marked-1/stage_m", [1.0]), number="marked")])
    answer = ingest.raw(body.encode(), BATCH)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text


def test_readings_that_are_no_json_are_told_which_form_is_taken(ingest: Ingest) -> None:
    kind = "application/senml+cbor"
    marks = {"ce-specversion": "1.0", "ce-id": "cbor", "ce-source": "/x", "ce-type": "city.readings"}
    answer = ingest.raw(b"\x81\xa1\x02\x01", kind, **marks)
    assert (answer.status_code, answer.json()["rejected"][0]["field"]) == (422, "datacontenttype")
    assert f"{kind} is not taken for readings: send SenML as application/senml+json" in answer.json()["detail"]


def test_a_body_may_be_packed_with_gzip(ingest: Ingest) -> None:
    body = gzip.compress(json.dumps([event(pack("gzip-1/stage_m", [1.0]), number="gzip")]).encode())
    answer = ingest.raw(body, BATCH, **{"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text


PACKED: dict[str, tuple[str, bytes, int]] = {
    "a body that is large once unpacked": ("gzip", gzip.compress(b" " * 8_388_609), 413),
    "half a gzip": ("gzip", gzip.compress(b"[]")[:-4], 400),
    "gzip and more": ("gzip", gzip.compress(b"[]") + b"x", 400),
    "no gzip": ("gzip", b"[]", 400),
    "another coding": ("br", b"[]", 415),
    "two codings": ("gzip, gzip", b"[]", 415),
}


@pytest.mark.parametrize("what", PACKED)
def test_what_cannot_be_unpacked_says_the_way_out(ingest: Ingest, what: str) -> None:
    coding, body, status = PACKED[what]
    answer = ingest.raw(body, BATCH, **{"content-encoding": coding})
    assert_problem(answer, status, field=None if status == 413 else "content-encoding")
    assert answer.headers.get("accept-encoding") == ("gzip, identity" if status == 415 else None)


def test_who_asks_to_deliver_to_what_is_no_hook_gets_no_consent(ingest: Ingest) -> None:
    asked = {"webhook-request-origin": "broker.example"}
    for path, allowed in (("/v1/hooks/nowhere", ""), ("/v1/events", "POST")):
        answer = ingest.http.options(path, headers=asked)
        assert_problem(answer, 405)
        assert answer.headers["allow"] == allowed and "webhook-allowed-origin" not in answer.headers


def test_another_method_and_another_address_are_problems(ingest: Ingest) -> None:
    assert_problem(ingest.http.get("/v1/events"), 405)
    assert_problem(ingest.http.get("/v1/nothing"), 404)


def test_after_all_that_it_still_takes_events(ingest: Ingest) -> None:
    assert ingest.post(event(pack("after-1/stage_m", [1.0]), number="after")).json()["accepted"] == 1


def test_every_partition_of_readings_and_events_gets_ticks(ingest: Ingest) -> None:
    def ticked() -> bool:
        found = [each for topic in (RIVER, REPORTS) for each in ingest.records(topic) if each.get("record") == "tick"]
        return len({each["partition"] for each in found}) == 4 and all(each["clock"] == "live" for each in found)

    assert until(ticked, "ticks in every partition")


def test_without_kafka_the_answer_is_503_with_retry_after(servers: Servers, tmp_path: Path) -> None:
    port, nobody = free_ports(2)
    settings = {"kafka_bootstrap": f"127.0.0.1:{nobody}", "redis_url": servers.redis_url, "ingest_port": str(port)}
    with running_process("services.ingest", tmp_path, **settings):
        alone = Ingest(servers.kafka, port)
        until(alone.listens, "it listens")
        answer = alone.post(event(pack("x/stage_m", [1.0])))
        assert_problem(answer, 503)
        assert int(answer.headers["retry-after"]) > 0


def test_without_redis_events_are_taken(servers: Servers, ingest: Ingest, tmp_path: Path) -> None:
    with running_ingest(servers, tmp_path, redis_url="redis://127.0.0.1:1") as alone:
        again = event(pack("no-redis-1/stage_m", [1.0]), number="no-redis")
        assert [alone.post(again).json()["accepted"] for _ in range(2)] == [1, 1]
