"""The API of a whole center as integrators meet it: webhooks to a real receiver, input passed on, a restart."""

import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from kafka import KafkaConsumer, KafkaProducer
from standardwebhooks import Webhook

from schemas.topics import CHANGES, SIGNALS
from tests.center import BATCH, CLOUDEVENT, Center
from tests.receiver import Receiver, receiving
from tests.waiting import until


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def raised(asset: str, kind: str = "effluent.limit_exceeded") -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    return {
        "specversion": "1.0",
        "id": f"whole-{asset}",
        "source": "/test/whole",
        "type": "signal.raised",
        "time": at,
        "data": {"asset": asset, "kind": kind, "severity": "critical", "at": at},
    }


def registered(center: Center, receiver: Receiver, **filters: list[str]) -> dict[str, Any]:
    answer = center.http.post("/v1/webhooks", json={"url": receiver.url, "filters": filters})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def delivered(center: Center, path: str) -> dict[str, Any]:
    """The endpoint's newest delivery that arrived: what is received is written down a moment later."""
    newest: dict[str, Any]
    newest, *_ = until(lambda: center.get(f"{path}/deliveries", state="delivered")["items"], "it is written down")
    return newest


def status(center: Center) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(center.soc("status", "--json").stdout)
    return found


def api_process(center: Center) -> dict[str, Any]:
    return next(one for one in status(center)["processes"] if one["name"] == "api")


def test_a_webhook_from_its_secret_to_its_replay(center: Center, receiver: Receiver) -> None:
    made = registered(center, receiver, kinds=["opened"])
    path = f"/v1/webhooks/{made['id']}"
    assert made["secret"].startswith("whsec_") and "secret" not in center.get(path)
    assert center.post(raised("hooked")).status_code == 202
    headers, body = receiver.got.get(timeout=40)
    told = Webhook(made["secret"]).verify(body, headers)
    assert (told["type"], told["data"]["incident"]["root_asset"]) == ("incident.opened", "hooked")

    delivery = delivered(center, path)
    assert (delivery["message_id"], delivery["body"].encode()) == (headers["webhook-id"], body)
    (told,) = center.get(f"/v1/incidents/{delivery['incident_id']}/deliveries")["items"]
    assert (told["endpoint"], told["state"], told["description"]) == (made["id"], "delivered", "127.0.0.1")
    tries = center.get(f"{path}/deliveries/{delivery['id']}/attempts")["items"]
    assert [one["status"] for one in tries] == [204]
    assert (delivery["status"], delivery["error"], delivery["tried_at"]) == (204, None, tries[0]["at"])
    assert center.get(f"{path}/deliveries", state="failed")["items"] == []
    assert center.http.get(f"{path}/deliveries", params={"state": "lost"}).json()["field"] == "state"
    assert center.http.post(f"{path}/deliveries/{delivery['id']}/replay").status_code == 202
    again, same = receiver.got.get(timeout=20)
    assert (again["webhook-id"], same) == (headers["webhook-id"], body)
    since = {"since": delivery["created_at"]}
    until(lambda: center.http.post(f"{path}/replay", json=since).json() == {"deliveries": 1}, "it may be sent again")
    assert receiver.got.get(timeout=20)[0]["webhook-id"] == headers["webhook-id"]
    assert center.http.get(f"{path}/deliveries/{delivery['id'] + 1000}/attempts").status_code == 404
    assert center.http.delete(path).status_code == 204


def test_a_test_event_is_signed_with_both_secrets_after_a_rotation(center: Center, receiver: Receiver) -> None:
    made = registered(center, receiver, kinds=["closed"])
    path = f"/v1/webhooks/{made['id']}"
    fresh = center.http.post(f"{path}/rotate").json()["secret"]
    assert fresh != made["secret"]
    assert center.http.post(f"{path}/test").status_code == 202
    headers, body = receiver.got.get(timeout=20)
    for secret in (made["secret"], fresh):
        assert Webhook(secret).verify(body, headers)["type"] == "center.test"
    told = delivered(center, path)
    off = center.http.post(f"{path}/disable").json()
    assert (off["disabled_reason"], off["disabled_reason_vi"]) == ("disabled by First key", "First key đã tắt")
    for again in (f"deliveries/{told['id']}/replay", "replay", "test"):
        refused = center.http.post(f"{path}/{again}", json={"since": told["created_at"]})
        assert (refused.status_code, refused.json()["code"]) == (409, "disabled"), again
    assert center.get(f"{path}/deliveries")["items"] == [told]
    changes = {"description": "Bàn trực", "filters": {"severity": ["critical"]}}
    changed = center.http.patch(path, json=changes).json()
    assert (changed["url"], changed["description"], changed["filters"]) == (receiver.url, *changes.values())
    assert (changed["waiting"], changed["waiting_since"]) == (0, None)
    wrong = center.http.patch(path, json={"filters": {"severity": ["grave"]}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "filters.severity")
    assert center.http.patch(path, json={"url": "ftp://x.example/"}).json()["field"] == "url"
    assert center.http.patch("/v1/webhooks/ep-none", json={}).status_code == 404
    assert center.get("/v1/audit", subject=made["id"], action="webhook.changed")["items"][0]["detail"] == changes
    assert center.http.post(f"{path}/enable").json()["disabled_at"] is None
    assert center.http.delete(path).status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://x.example/"}, "url"),
        ({"filters": {}}, "url"),
        ({"url": "https://x.example", "colour": 1}, "colour"),
        ({"url": "https://x.example", "filters": {"colour": ["red"]}}, "filters.colour"),
        ({"url": "https://x.example", "filters": {"severity": ["awful"]}}, "filters.severity"),
        ({"url": "https://x.example", "filters": {"kinds": "opened"}}, "filters.kinds"),
        ({"url": "https://x.example", "filters": {"kinds": ["exploded"]}}, "filters.kinds"),
    ],
)
def test_a_wish_that_cannot_be_met_names_the_field(center: Center, body: dict[str, Any], field: str) -> None:
    answer = center.http.post("/v1/webhooks", json=body)
    assert (answer.status_code, answer.json().get("field")) == (422, field), answer.text


def test_a_source_of_the_city_takes_posts_through_the_one_origin_and_tells_how_it_does(center: Center) -> None:
    def source() -> dict[str, Any]:
        items: list[dict[str, Any]] = center.http.get("/v1/sources").json()["items"]
        (found,) = items
        return found

    until(lambda: source()["state"] == "connected", "it is open")
    entity = {"id": "urn:ngsi-ld:AirQualityObserved:thu-dau-mot", "type": "AirQualityObserved", "pm25": 42}
    given = {"id": "urn:ngsi-ld:Notification:1", "type": "Notification", "data": [entity]}
    posted = center.http.post("/v1/hooks/context", json=given)
    assert (posted.status_code, posted.json()["accepted"]) == (202, 1)
    until(lambda: source()["accepted"] == 1, "it is counted")
    told = center.http.get("/v1/sources/context").json()
    assert (told["kind"], told["address"], told["rejected"]) == ("ngsi_ld", "POST /v1/hooks/context", 0)
    readings = until(lambda: center.http.get("/v1/sensors/air-thu-dau-mot-pm25/readings").json()["latest"], "the value")
    assert readings["pm25_ugm3"][1] == 42
    assert center.http.get("/v1/sources/nobody").status_code == 404


def resent_from_the_command_line(center: Center, letter: dict[str, Any]) -> None:
    """As from the API: to where it stood, and it is written down."""
    listed = center.soc("dead-letters", "list").stdout
    place = letter["id"].removesuffix(f"/{letter['stage']}")
    number = next(line.split()[0] for line in listed.splitlines() if place in line)
    done = center.soc("dead-letters", "replay", number)
    assert (done.returncode, done.stdout.strip()) == (0, f"sent again to {CHANGES}"), done.stderr
    assert center.get(f"/v1/dead-letters/{letter['id']}")["replayed_at"] is not None
    (line,) = center.get("/v1/audit", subject=place)["items"]
    assert (line["by"], line["action"]) == ("command line", "dead_letter.replayed")


def test_a_change_that_webhooks_cannot_read_is_a_dead_letter_and_the_next_is_told(
    center: Center, receiver: Receiver
) -> None:
    made = registered(center, receiver, kinds=["opened"])
    sender = KafkaProducer(bootstrap_servers=status(center)["kafka"])
    sender.send(CHANGES, key=b"inc-bad", value=b'{"data": {"incident_id": 7}}').get(20)
    sender.close()
    letters = until(
        lambda: [one for one in center.get("/v1/dead-letters")["items"] if one["topic"] == CHANGES], "the dead letter"
    )
    assert (letters[0]["stage"], len(letters)) == ("webhooks", 1)
    resent_from_the_command_line(center, letters[0])
    assert center.post(raised("after-the-bad-one")).status_code == 202
    told = json.loads(receiver.got.get(timeout=40)[1])
    assert told["data"]["incident"]["root_asset"] == "after-the-bad-one"
    assert center.http.delete(f"/v1/webhooks/{made['id']}").status_code == 204


def both(center: Center, content: bytes, **headers: str) -> list[httpx.Response]:
    """The answers of the API and of ingest itself to the same request."""
    sent = {"authorization": f"Bearer {center.key}", **{name.replace("_", "-"): text for name, text in headers.items()}}
    ports = (center.environment["SOC_HTTP_PORT"], center.environment["SOC_INGEST_PORT"])
    return [
        httpx.post(f"http://127.0.0.1:{port}/v1/events", content=content, headers=sent, timeout=30) for port in ports
    ]


@pytest.mark.parametrize(
    ("content", "headers", "code"),
    [
        (b"x" * 9_000_000, {"content_type": BATCH}, 413),
        (b"<xml/>", {"content_type": "text/xml"}, 415),
        (b"{", {"content_type": CLOUDEVENT}, 422),
        (b'{"specversion": "1.0"}', {"content_type": CLOUDEVENT}, 422),
        (b"{}", {"content_type": CLOUDEVENT, "authorization": "Bearer wrong"}, 401),
    ],
    ids=["413", "415", "broken", "422", "401"],
)
def test_what_ingest_refuses_comes_through_unchanged(
    center: Center, content: bytes, headers: dict[str, str], code: int
) -> None:
    passed, own = both(center, content, **headers)
    assert (passed.status_code, own.status_code) == (code, code), passed.text
    assert passed.json() == own.json()
    assert passed.headers["content-type"] == own.headers["content-type"] == "application/problem+json"
    assert len(passed.headers.get_list("date")) == 1


def test_consent_to_deliveries_comes_from_the_hook_itself(center: Center) -> None:
    asked = {"WebHook-Request-Origin": "broker.example"}
    consent = httpx.options(center.http.base_url.join("/v1/hooks/context"), headers=asked)
    assert (consent.status_code, consent.headers["webhook-allowed-origin"]) == (200, "broker.example"), consent.text
    for path in ("/v1/hooks/nowhere", "/v1/events"):
        assert httpx.options(center.http.base_url.join(path), headers=asked).status_code == 405


def test_a_big_batch_and_binary_mode_pass_through(center: Center) -> None:
    pack = [{"n": f"stranger-{number}/stage_m", "u": "m", "v": 1.0, "t": time.time()} for number in range(20_000)]
    event = {"specversion": "1.0", "id": "big", "source": "/test/whole", "type": "city.readings", "data": pack}
    content = json.dumps([event]).encode()
    assert len(content) > 1_000_000
    assert [one.json()["accepted"] + one.json()["duplicates"] for one in both(center, content, content_type=BATCH)] == [
        1,
        1,
    ]
    given = raised("binary")
    headers = {f"ce_{name}": given[name] for name in ("specversion", "id", "source", "type", "time")}
    passed, own = both(center, json.dumps(given["data"]).encode(), content_type="application/json", **headers)
    assert (passed.status_code, passed.json()["accepted"], own.json()["duplicates"]) == (202, 1, 1)


PATIENCE_S = 8.0
"""After it the supervisor kills a process (infra/embedded/child.py)."""


def test_streams_of_a_stopping_api_end_with_the_reason_and_resume_without_loss(center: Center) -> None:
    before, numbers = api_process(center), []
    with center.http.stream("GET", "/v1/live", timeout=20) as stream:
        lines = stream.iter_lines()
        numbers = [frame["number"] for frame in _frames(lines, "snapshot")]
        assert numbers, "no snapshot"
        began = time.monotonic()
        os.kill(before["pid"], signal.SIGTERM)
        assert [frame["reason"] for frame in _frames(lines, "reset")] == ["stopping"]
    until(lambda: not os.path.exists(f"/proc/{before['pid']}"), "the API ended", PATIENCE_S, every=0.02)  # noqa: PTH110
    assert time.monotonic() - began < PATIENCE_S
    ingest = f"http://127.0.0.1:{center.environment['SOC_INGEST_PORT']}/v1/events"
    posted = httpx.post(ingest, json=raised("meanwhile"), headers={**center.http.headers, "content-type": CLOUDEVENT})
    assert posted.status_code == 202, posted.text
    until(lambda: api_process(center)["pid"] not in (None, before["pid"]), "the API is back")
    until(lambda: _answers(center), "the API answers")
    with center.http.stream("GET", "/v1/live", headers={"Last-Event-ID": str(numbers[0])}, timeout=20) as stream:
        assert any("meanwhile" in line for line in stream.iter_lines() if line.startswith("data:"))


def _answers(center: Center) -> bool:
    try:
        return center.http.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _frames(lines: Iterator[str], name: str) -> list[dict[str, Any]]:
    """The first frame of a name."""
    for line in lines:
        if line.startswith("data: ") and (frame := json.loads(line[6:]))["frame"] == name:
            return [frame]
    return []


def test_what_agencies_read_is_packed_so_that_any_client_reads_it(center: Center) -> None:
    for topic in (SIGNALS, CHANGES):
        reader = KafkaConsumer(
            topic,
            bootstrap_servers=status(center)["kafka"],
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            consumer_timeout_ms=5_000,
        )
        assert any(json.loads(record.value).get("specversion") == "1.0" for record in reader)
        reader.close()
