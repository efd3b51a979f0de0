"""The edges against their real counterparts: a broker, a folder, an SFTP server, posts of a context broker."""

import asyncio
import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from google.transit.gtfs_realtime_pb2 import FeedMessage
from redis import Redis

from infra.redis.edges import EDGES
from schemas.edges import (
    Edge,
    Entity,
    Files,
    GtfsRealtime,
    Layout,
    Modbus,
    Mqtt,
    NgsiLd,
    Node,
    OpcUa,
    Register,
    Service,
    Sftp,
    Topic,
    Vehicles,
)
from schemas.topics import DEAD_LETTERS
from tests.brokers import CENTER, Broker, running_broker
from tests.intake import Ingest, pack, publish_reference, reference, running_ingest, stored
from tests.plant import Plant, running_plant
from tests.servers import Servers
from tests.sftp import PASSWORD, USER, SftpServer, running_sftp
from tests.waiting import until

RIVER, EFFLUENT = "city.readings.river.v1", "city.readings.effluent.v1"
LAYOUT = Layout(
    name=r"(?P<station>BD_KCN_\w+?)_(?P<stamp>\d{14})\.txt",
    columns=("parameter", "value", "unit", "time", "state"),
    time_format="%Y%m%d%H%M%S",
    parameters={"COD": "cod_mgl", "pH": "ph"},
    units={"mg/L": "mg/l", "-": "pH"},
    states={"00": "measuring", "01": "calibrating", "02": "fault"},
)
SECRETS = {
    "EDGE_GATEWAYS": CENTER[1],
    "EDGE_TRANSIT": "transit's secret",
    "EDGE_STATION": PASSWORD,
    "EDGE_SCADA": "any",
}
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
LOCAL = (NOW + timedelta(hours=7)).strftime("%Y%m%d%H%M%S")
"""As a station in Việt Nam writes it."""


class TransitFeed:
    """A web server that gives the present feed to who has the key, and 304 while it has not changed."""

    def __init__(self) -> None:
        outer, self.message = self, FeedMessage()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = outer.message.SerializeToString()
                tag = f'"{hash(body)}"'
                known = self.headers.get("X-Key") == "transit's secret"
                self.send_response(401 if not known else 304 if self.headers.get("If-None-Match") == tag else 200)
                self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(body if known and self.headers.get("If-None-Match") != tag else b"")

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def now(self, at: datetime, *, crash: bool, speed_ms: float) -> None:
        made = FeedMessage()
        made.header.gtfs_realtime_version, made.header.timestamp = "2.0", round(at.timestamp())
        bus = made.entity.add(id="v-1").vehicle
        bus.vehicle.id, bus.position.latitude, bus.position.longitude = "61B-1", 10.98, 106.65
        bus.position.speed = speed_ms
        if crash:
            alert = made.entity.add(id="a-1").alert
            alert.cause, alert.effect, alert.severity_level = alert.ACCIDENT, alert.DETOUR, alert.SEVERE
            alert.informed_entity.add(route_id="61-3")
            alert.header_text.translation.add(text="Tai nạn trên QL13", language="vi")
        self.message = made


@contextmanager
def running_transit() -> Iterator[TransitFeed]:
    feed = TransitFeed()
    feed.now(NOW, crash=False, speed_ms=1)
    thread = threading.Thread(target=feed.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield feed
    finally:
        feed.server.shutdown()
        feed.server.server_close()


class Edges:
    """A running ingest with every edge, and what stands outside them."""

    outside: Broker | None
    feed: TransitFeed
    sftp: SftpServer
    drop: Path
    remote: Path

    def __init__(self, start: Callable[[], AbstractContextManager[Ingest]], redis: Redis) -> None:
        self._start, self._redis, self._running = start, redis, ExitStack()

    def __enter__(self) -> "Edges":
        self.ingest = self._running.enter_context(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def broker(self) -> Broker:
        if self.outside is None:
            pytest.skip("there is no mosquitto on this machine")
        return self.outside

    def kill_ingest(self) -> None:
        """It has no time to tell anybody; a new one begins."""
        for process in psutil.Process().children():
            if "services.ingest" in process.cmdline():
                process.kill()
        self._running.close()
        self.__enter__()

    def wait(self, edge: str, state: str) -> None:
        until(lambda: self.health(edge).get("state") == state, f"{edge} is {state}")

    def health(self, edge: str) -> dict[str, Any]:
        found = self._redis.hget(EDGES, edge)
        return json.loads(found) if isinstance(found, bytes) else {}

    def values(self, topic: str, name: str) -> list[float]:
        """The values of a name in the order of the topic, repeats included."""
        return [
            value
            for each in self.ingest.packs(topic, name)
            for found, value in zip(each["names"], each["values"], strict=True)
            if found == name
        ]

    def letters(self, edge: str) -> list[dict[str, Any]]:
        found = asyncio.run(stored(self.ingest.bootstrap, DEAD_LETTERS))
        return [each for each in found if each["topic"] == f"edges.{edge}"]


def edge(edge_id: str, **kind: Any) -> Edge:
    return Edge(id=edge_id, name="Edge", name_vi="Cổng vào", **kind)


def plant_edges(plant: Plant) -> list[Edge]:
    """One of each poller of industrial protocols."""
    registers = (
        Register(address=1, type="float32", words="little", sensor="plc-1", quantity="stage_m"),
        Register(address=0, type="int16", scale=0.1, shift=1, sensor="plc-2", quantity="stage_m", unit="cm"),
        Register(address=900, sensor="plc-3", quantity="stage_m"),
        Register(address=3, type="float32", sensor="plc-4", quantity="stage_m"),
    )
    nodes = tuple(Node(node=node, sensor=f"ua-{at}", quantity="stage_m") for at, node in enumerate(plant.nodes, 1))
    return [
        edge("plc", modbus=Modbus(host="127.0.0.1", port=plant.modbus_port, poll_s=0.2, registers=registers)),
        edge("scada", opcua=OpcUa(url=plant.opcua_url, username="soc", password="EDGE_SCADA", poll_s=0.2, nodes=nodes)),
    ]


def gateways(broker: Broker | None) -> list[Edge]:
    if broker is None:
        return []
    mqtt = Mqtt(
        host="127.0.0.1",
        port=broker.port,
        ca_file=str(broker.certificate),
        username=CENTER[0],
        password="EDGE_GATEWAYS",
        topics=(
            Topic(topic="city/{gateway}/senml"),
            Topic(topic="city/{gateway}/{sensor}/level", format="number", quantity="stage_m", units={"": "cm"}),
            Topic(
                topic="city/{gateway}/{sensor}/json",
                format="json",
                quantities={"data.level": "stage_m"},
                time="at",
                time_format="unix_ms",
            ),
            Topic(topic="city/{gateway}/events", format="cloudevents"),
        ),
    )
    return [edge("gateways", mqtt=mqtt)]


def edges_of(drop: Path, server: SftpServer, feed: TransitFeed) -> list[Edge]:
    sftp = Sftp(
        host="127.0.0.1",
        port=server.port,
        username=USER,
        password="EDGE_STATION",
        host_key=server.host_key,
        folder="/out",
        settle_s=0.2,
        poll_s=0.1,
        layout=LAYOUT,
    )
    transit = GtfsRealtime(
        url=f"{feed.url}/alerts.pb",
        poll_s=0.1,
        headers={"X-Key": "EDGE_TRANSIT"},
        vehicles=Vehicles(sensor="bus-{vehicle}"),
        service=Service(kinds={"ACCIDENT": "traffic.crash"}),
    )
    air = Entity(
        id="urn:ngsi-ld:AirQualityObserved:(?P<station>.+)",
        sensor="air-{station}",
        attributes={"pm25": "pm25_ugm3", "temperature": "temperature_c"},
    )
    return [
        edge("drop", files=Files(folder=str(drop), settle_s=0.2, poll_s=0.1, layout=LAYOUT)),
        edge("fetched", sftp=sftp),
        edge("context", ngsi_ld=NgsiLd(entities={"AirQualityObserved": air})),
        edge("transit", gtfs_realtime=transit),
    ]


@pytest.fixture(scope="module")
def plant() -> Iterator[Plant]:
    """It gets ready while the servers do."""
    with running_plant() as running:
        yield running


@pytest.fixture(scope="module")
def edges(plant: Plant, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edges]:
    folder = tmp_path_factory.mktemp("edges")
    drop, remote = folder / "drop", folder / "remote" / "out"
    drop.mkdir()
    remote.mkdir(parents=True)
    with ExitStack() as outside:
        broker = outside.enter_context(running_broker(folder / "broker"))
        sftp = outside.enter_context(running_sftp(folder / "remote"))
        feed = outside.enter_context(running_transit())
        environment = outside.enter_context(pytest.MonkeyPatch.context())
        items = reference()
        wanted = gateways(broker) + edges_of(drop, sftp, feed) + plant_edges(plant)
        items["edges"] = {each.id: each for each in wanted}
        publish_reference(servers.kafka, items)
        for name, value in SECRETS.items():
            environment.setenv(name, value)
        with Edges(lambda: running_ingest(servers, folder), Redis.from_url(servers.redis_url)) as found:
            found.outside, found.feed, found.sftp, found.drop, found.remote = broker, feed, sftp, drop, remote
            for edge_id in items["edges"]:
                found.wait(edge_id, "connected")
            yield found


async def publish(broker: Broker, *messages: tuple[str, Any], retain: bool = False) -> None:
    async with broker.client() as client:
        for topic, payload in messages:
            given = payload if isinstance(payload, str) else json.dumps(payload)
            await client.publish(topic, given, qos=1, retain=retain)


def test_mqtt_messages_of_every_form_become_readings_and_events(edges: Edges) -> None:
    now_ms = round(NOW.timestamp() * 1000)
    report = {"category": "flood", "lon": 106.65, "lat": 10.98, "text": "Ngập"}
    event = {"specversion": "1.0", "id": "m-1", "source": "/gateway-7", "type": "report.created", "data": report}
    asyncio.run(
        publish(
            edges.broker,
            ("city/gateway-7/senml", pack("m-1/stage_m", [1.0, 1.1])),
            ("city/gateway-7/m-2/level", "130"),
            ("city/gateway-7/m-3/json", {"data": {"level": 1.5}, "at": now_ms}),
            ("city/gateway-7/events", event),
            ("city/gateway-7/m-4/json", '{"data": {"level": 1.5}, "at": 1%s}' % ("0" * 400)),
            ("city/gateway-7/m-4/level", "high"),
        )
    )
    until(lambda: edges.values(RIVER, "m-3/stage_m") == [1.5], "the JSON object")
    assert edges.values(RIVER, "m-1/stage_m") == [1.0, 1.1]
    assert edges.values(RIVER, "m-2/stage_m") == [pytest.approx(1.3)]
    until(lambda: any(each.get("id") == "m-1" for each in edges.ingest.records("city.events.reports.v1")), "the report")
    until(lambda: len(edges.letters("gateways")) == 2, "the dead letters")
    found = {each["reason"]: each for each in edges.letters("gateways")}
    assert found["is beyond every calendar"]["field"] == "at"
    letter = found["'high' is not a number"]
    assert (b64decode(letter["value"]), letter["reason_vi"]) == (b"high", "'high' không phải số")
    until(lambda: edges.health("gateways")["rejected"], "it is counted")


def test_a_client_of_the_broker_writes_under_its_own_name_only(edges: Edges) -> None:
    asyncio.run(publish(edges.broker, ("city/gateway-8/x-1/level", "100"), ("city/gateway-7/x-2/level", "100")))
    until(lambda: edges.values(RIVER, "x-2/stage_m"), "what it may write")
    assert edges.values(RIVER, "x-1/stage_m") == []


def test_edges_go_on_after_what_they_speak_to_was_away(edges: Edges) -> None:
    for outside, edge_id in ((edges.broker, "gateways"), (edges.sftp, "fetched")):
        outside.stop()
        edges.wait(edge_id, "failed")
        outside.start()
        edges.wait(edge_id, "connected")
    asyncio.run(publish(edges.broker, ("city/gateway-7/back-1/level", "100")))
    until(lambda: edges.values(RIVER, "back-1/stage_m"), "a message after")


def test_an_edge_that_is_changed_is_changed_within_a_second_or_two_and_the_others_stay(edges: Edges) -> None:
    edges.wait("fetched", "connected")
    since = edges.health("fetched")["since_ms"]
    drop = edge("drop", files=Files(folder=str(edges.drop), settle_s=0.2, poll_s=0.1, layout=LAYOUT))
    for enabled, state in ((False, "off"), (True, "connected")):
        changed = {"drop": msgspec.structs.replace(drop, enabled=enabled)}
        publish_reference(edges.ingest.bootstrap, {"domains": reference()["domains"], "edges": changed})
        edges.wait("drop", state)
    assert edges.health("fetched")["since_ms"] == since


def test_no_message_of_a_client_is_lost_when_ingest_is_killed(edges: Edges) -> None:
    messages = [("city/gateway-7/k-1/level", str(number)) for number in range(2000)]
    sending = threading.Thread(target=asyncio.run, args=(publish(edges.broker, *messages),))
    sending.start()
    until(lambda: edges.values(RIVER, "k-1/stage_m"), "the first ones")
    edges.kill_ingest()
    sending.join()
    until(lambda: {round(100 * value) for value in edges.values(RIVER, "k-1/stage_m")} == {*range(2000)}, "all")


@pytest.mark.parametrize("edge", ["drop", "fetched"])
def test_a_station_file_becomes_readings_and_its_bad_lines_dead_letters(edges: Edges, edge: str) -> None:
    folder = edges.drop if edge == "drop" else edges.remote
    lines = [
        f"COD\t55.5\tmg/L\t{LOCAL}\t00",
        f"pH\t7.1\t-\t{LOCAL}\t01",
        f"TSS\t1\tmg/L\t{LOCAL}\t00",
        f"COD\t5,5\tmg/L\t{LOCAL}\t00",
    ]
    station = f"BD_KCN_{edge}"
    name = f"{station}_{LOCAL}.txt"
    (folder / f"{name}.part").write_text("\n".join(lines))
    (folder / f"{name}.part").rename(folder / name)
    until((folder / "done" / name).is_file, "it was moved")
    (found,) = edges.ingest.packs(EFFLUENT, f"{station}/cod_mgl")
    assert found["times"] == [round(NOW.timestamp() * 1000)] * 2
    assert dict(zip(found["names"], found["values"], strict=True)) == {f"{station}/cod_mgl": 55.5, f"{station}/ph": 7.1}
    assert found["states"] == {"1": "calibrating"}
    assert sorted(each["field"] for each in edges.letters(edge)) == ["parameter", "value"]
    (folder / "done" / name).rename(folder / name)
    until((folder / "done" / name).is_file, "it was moved again")
    until(lambda: edges.health(edge)["duplicates"] == 1, "the repeat is known")
    assert edges.values(EFFLUENT, f"{station}/cod_mgl") == [55.5]


def notification(number: str, *entities: dict[str, Any]) -> dict[str, Any]:
    """As ETSI GS CIM 009 has it."""
    return {
        "id": f"urn:ngsi-ld:Notification:{number}",
        "type": "Notification",
        "subscriptionId": "urn:ngsi-ld:Subscription:air",
        "notifiedAt": NOW.isoformat(),
        "data": list(entities),
    }


def test_a_notification_of_a_context_broker_becomes_readings(edges: Edges) -> None:
    entity = {
        "id": "urn:ngsi-ld:AirQualityObserved:tdm",
        "type": "AirQualityObserved",
        "dateObserved": {"type": "Property", "value": {"@type": "DateTime", "@value": NOW.isoformat()}},
        "pm25": {"type": "Property", "value": 0.08, "unitCode": "GP"},
        "temperature": {"type": "Property", "value": 31.5, "unitCode": "CEL", "observedAt": NOW.isoformat()},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [106.65, 10.98]}},
        "@context": "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
    }
    given = notification("1", entity, {"id": "urn:ngsi-ld:Streetlight:1", "type": "Streetlight"})
    posted = edges.ingest.http.post("/v1/hooks/context", json=given)
    detail = "data.1.type: is none of AirQualityObserved"
    told = {"accepted": 2, "rejected": 1, "duplicates": 0, "detail": detail}
    assert (posted.status_code, posted.json()) == (202, told)
    assert edges.values("city.readings.air.v1", "air-tdm/pm25_ugm3") == [pytest.approx(80)]
    assert [each["field"] for each in edges.letters("context")] == ["data.1.type"]
    again = edges.ingest.http.post("/v1/hooks/context", json=given)
    assert again.json()["duplicates"] == 1
    nothing = edges.ingest.http.post("/v1/hooks/context", json=notification("2", {"type": "Streetlight"}))
    assert (nothing.status_code, nothing.json()["field"]) == (422, "data.0.type")
    assert edges.ingest.http.post("/v1/hooks/nobody", json=given).status_code == 404
    origin = {"WebHook-Request-Origin": "broker.example", "WebHook-Request-Rate": "120", "Authorization": ""}
    consent = edges.ingest.http.options("/v1/hooks/context", headers=origin)
    assert (consent.status_code, consent.headers["webhook-allowed-origin"]) == (200, "broker.example")
    assert (consent.headers["webhook-allowed-rate"], consent.headers["allow"]) == ("*", "POST, OPTIONS")
    plain = edges.ingest.http.options("/v1/hooks/context")
    assert plain.status_code == 200 and "webhook-allowed-origin" not in plain.headers
    assert edges.ingest.http.post("/v1/hooks/context", json=given, headers={"Authorization": ""}).status_code == 401
    late = notification("late", {**entity, "dateObserved": "2199-01-01T00:00:00Z"})
    refused = edges.ingest.http.post("/v1/hooks/context", json=late, headers={"Accept-Language": "vi"}).json()
    assert refused["rejected"] and "muộn hơn hiện tại" in refused["detail"], refused


def test_a_transit_feed_becomes_speeds_and_signals_that_end(edges: Edges) -> None:
    def signals() -> set[tuple[str, str, str]]:
        found = edges.ingest.records("city.events.traffic.v1")
        return {
            (each["type"], each["data"]["asset"], each["data"]["severity"])
            for each in found
            if each.get("source") == "/edges/transit"
        }

    edges.feed.now(NOW + timedelta(seconds=1), crash=True, speed_ms=10)
    raised = ("signal.raised", "route-61-3", "major")
    until(lambda: signals() == {raised}, "the crash")
    assert edges.values("city.readings.traffic.v1", "bus-61B-1/speed_kmh")[-1] == pytest.approx(36)
    edges.feed.now(NOW + timedelta(seconds=2), crash=False, speed_ms=10)
    until(lambda: signals() == {raised, ("signal.cleared", "route-61-3", "major")}, "its end")


def test_registers_and_nodes_become_readings_and_those_refused_dead_letters(edges: Edges) -> None:
    until(lambda: edges.values(RIVER, "plc-2/stage_m"), "the second register")
    assert edges.values(RIVER, "plc-1/stage_m")[0] == pytest.approx(2.5)
    assert edges.values(RIVER, "plc-2/stage_m")[0] == pytest.approx((0.1 * -20 + 1) / 100)
    assert {each["field"] for each in edges.letters("plc")} == {"holding 900", "plc-4/stage_m"}
    assert "plc-4/stage_m: is not a finite number" in edges.health("plc")["detail"]
    until(lambda: edges.values(RIVER, "ua-1/stage_m"), "the first node")
    assert edges.values(RIVER, "ua-1/stage_m")[0] == pytest.approx(3.5)
    assert {each["reason"] for each in edges.letters("scada")} == {"is no number but str"}
