"""The API over REST: lists, parts, commands, roles, problem documents."""

import unicodedata
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import msgspec
import pytest

from infra.kafka.clients import consumer
from infra.postgres.clocks import move_clock
from infra.postgres.rollup_store import RollupRow, add
from infra.postgres.tables import dead_letters, reference, sensors_seen
from schemas.assets import Asset, City, Relation
from schemas.ids import report_asset
from schemas.topics import INBOX, REPORTS_BY_HAND
from services.api.people import Person
from services.api.routes.city import city
from services.api.routes.incident_cap import Publishing, cap
from tests.integration.api_center import (
    KEY,
    NOW,
    PASSWORDS,
    READING_KEY,
    Api,
    change,
    have_outage,
    reference_row,
    running_api,
)
from tests.servers import Servers

SEEN = {
    "quantities": ["stage_m"],
    "zone": "unknown",
    "registered": False,
    "readings": 7,
    "first_at": NOW,
    "last_at": NOW,
}


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        await have_outage(running, "inc-outage")
        for number in range(1, 6):
            state = "closed" if number == 5 else "open"
            fields: dict[str, Any] = {"severity": "critical", "title_vi": f"Ngập đường số {number}", "state": state}
            await running.have(change(f"inc-{number}", position=(106.0 + number, 11.0), **fields).incident)
        await running.have(change("inc-gone", 4, state="merged", merged_into="inc-outage").incident)
        yield running


async def ids(api: Api, **query: Any) -> set[str]:
    answer = await api.http.get("/v1/incidents", params=query)
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json()["items"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "closed"}, {"inc-5"}),
        ({"severity": "critical", "state": "open"}, {"inc-1", "inc-2", "inc-3", "inc-4"}),
        ({"bbox": "107.5,10.5,109.5,11.5"}, {"inc-2", "inc-3"}),
        ({"q": "ngap duong so 3"}, {"inc-3"}),
        ({"q": "Ngập đường số 3"}, {"inc-3"}),
        ({"state": "merged"}, {"inc-gone"}),
        ({"domain": "air"}, set()),
        ({"state": "", "zone": ",", "q": "ngap"}, {"inc-1", "inc-2", "inc-3", "inc-4", "inc-5"}),
    ],
)
async def test_filters_find_what_they_name(api: Api, query: dict[str, Any], found: set[str]) -> None:
    assert await ids(api, **query) == found


async def test_the_clock_is_that_of_the_slowest_partition_and_never_goes_back(api: Api) -> None:
    async def told(partition: int, seconds: float) -> datetime | None:
        async with api.center.engine.begin() as connection:
            await move_clock(connection, partition, NOW + timedelta(seconds=seconds))
        now = (await api.http.get("/v1/clock")).json()["now"]
        return None if now is None else datetime.fromisoformat(now)

    assert await told(0, 0) is None, "the other partition has told nothing yet"
    assert await told(1, -5) == NOW - timedelta(seconds=5)
    assert await told(1, -60) == NOW - timedelta(seconds=5)
    assert await told(1, 60) == NOW


async def test_a_list_walked_by_cursors_names_each_incident_once(api: Api) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query: dict[str, int | str] = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await api.http.get("/v1/incidents", params=query)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 6
    assert "inc-gone" not in seen


async def test_signals_of_an_incident_are_pages_the_earliest_first(api: Api) -> None:
    path = "/v1/incidents/inc-outage/signals"
    first = (await api.http.get(path, params={"limit": 1})).json()
    rest = (await api.http.get(path, params={"limit": 1, "cursor": first["next"]})).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == ["sig-a", "sig-b"]
    assert rest["next"] is None and (await api.http.get(path)).json()["next"] is None


async def test_the_parts_of_an_incident_explain_it_in_both_languages(api: Api) -> None:
    path = "/v1/incidents/inc-outage"
    members = (await api.http.get(f"{path}/signals")).json()["items"]
    assert [(one["asset"], one["incident"]) for one in members] == [
        ("feeder-471", "inc-outage"),
        ("ts-1", "inc-outage"),
    ]
    links = (await api.http.get(f"{path}/links")).json()["items"]
    assert [link["why_vi"] for link in links] == ["feeder-471 cấp điện cho ts-1"]
    why = (await api.http.get(f"{path}/why")).json()
    assert "feeder-471 feeds ts-1" in why["text"]
    assert [one["version"] for one in (await api.http.get(f"{path}/timeline")).json()["items"]] == [1, 2, 3]


async def test_a_merged_id_answers_with_where_it_went(api: Api) -> None:
    assert (await api.http.get("/v1/incidents/inc-gone")).json()["merged_into"] == "inc-outage"
    assert (await api.http.get("/v1/incidents/inc-gone/why")).json()["incident"] == "inc-outage"


async def test_a_command_on_a_merged_id_acts_on_the_survivor_and_says_so(api: Api) -> None:
    answer = await api.http.post("/v1/incidents/inc-gone/commands", json={"command": "take", "version": 3})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["id"], answer.json()["acted_on"]) == ("inc-outage", "inc-outage")


async def test_a_command_that_came_too_late_gets_the_current_incident(api: Api) -> None:
    body = {"command": "acknowledge", "version": 1}
    first = await api.http.post("/v1/incidents/inc-1/commands", json=body)
    assert first.status_code == 200, first.text
    assert (first.json()["state"], first.json()["acknowledged_by"]) == ("acknowledged", "integrator")
    second = await api.http.post("/v1/incidents/inc-1/commands", json={"command": "resolve", "version": 1})
    assert second.status_code == 409
    assert second.json()["current"]["version"] == 2
    assert second.headers["content-type"] == "application/problem+json"


async def test_a_repeat_with_the_same_idempotency_key_changes_nothing(api: Api) -> None:
    headers, body = {"Idempotency-Key": "k1"}, {"command": "note", "version": 1, "note": "đã gọi điện lực"}
    answers = [await api.http.post("/v1/incidents/inc-2/commands", json=body, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replay"] == "true"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("GET", "/v1/incidents/nothing", None, 404, None),
        ("GET", "/v1/incidents?bbox=1,2", None, 422, "bbox"),
        ("GET", "/v1/incidents?bbox=11,106,12,107", None, 422, "bbox"),
        ("GET", "/v1/incidents?bbox=107,10,106,11", None, 422, "bbox"),
        ("GET", "/v1/incidents?bbox=nan,10,107,11", None, 422, "bbox"),
        ("GET", "/v1/incidents?state=open,opened", None, 422, "state"),
        ("GET", "/v1/incidents?severity=high", None, 422, "severity"),
        ("GET", "/v1/live?state=opened", None, 422, "state"),
        ("GET", "/v1/signals?state=on", None, 422, "state"),
        ("GET", "/v1/signals?severity=high", None, 422, "severity"),
        ("GET", "/v1/silences?state=ended", None, 422, "state"),
        ("GET", "/v1/works?state=ended", None, 422, "state"),
        ("GET", "/v1/incidents?cursor=zzz", None, 422, "cursor"),
        ("GET", "/v1/incidents?colour=red", None, 422, "colour"),
        ("GET", "/v1/incidents?since=2026-01-01T00:00:00", None, 422, "since"),
        ("POST", "/v1/incidents/inc-3/commands", {"command": "explode", "version": 1}, 422, "command"),
        ("POST", "/v1/incidents/inc-3/commands", {"command": "take", "version": "x"}, 422, "version"),
        ("POST", "/v1/incidents", {"category": "ufo", "lon": 1, "lat": 1, "text": ""}, 422, "category"),
        ("GET", "/v1/nothing", None, 404, None),
        ("POST", "/v1/events", {"a": 1}, 503, None),
    ],
)
async def test_an_error_is_a_problem_document_that_names_the_field(  # noqa: PLR0917
    api: Api, method: str, path: str, body: Any, status: int, field: str | None
) -> None:
    answer = await api.http.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told.get("field")) == (status, field)
    assert told["request_id"] == answer.headers["x-request-id"]
    assert ("retry-after" in answer.headers) == (status == 503)


@pytest.mark.parametrize(
    ("path", "english", "vietnamese"),
    [
        ("/v1/incidents/nothing", "there is no incident nothing", "không có sự cố nothing"),
        ("/v1/incidents?limit=x", "is not a whole number", "không phải số nguyên"),
        (
            "/v1/conditions?colour=red",
            "is no parameter here; there are: domain",
            "không phải tham số ở đây; các tham số: domain",
        ),
        (
            "/v1/city?colour=red",
            "is no parameter here; there are none",
            "không phải tham số ở đây; ở đây không có tham số",
        ),
        ("/v1/nowhere", "there is nothing here", "không có gì ở đây"),
        (
            "/v1/indicators/room?month=2026-11&shift=25:00",
            "is not a time of day, as in 07:00",
            "không phải giờ trong ngày, như 07:00",
        ),
        (
            "/v1/signals?state=on",
            "'on' is none of active, cleared",
            "'on' không thuộc: active, cleared",
        ),
    ],
)
async def test_a_problem_is_told_in_the_language_that_is_preferred(
    api: Api, path: str, english: str, vietnamese: str
) -> None:
    plain = await api.http.get(path)
    chosen = await api.http.get(path, headers={"accept-language": "vi-VN,vi;q=0.9,en;q=0.8"})
    assert (plain.json()["detail"], chosen.json()["detail"]) == (english, vietnamese)
    assert plain.json()["code"] == chosen.json()["code"] and plain.json()["title"] != chosen.json()["title"]
    assert [answer.headers["content-language"] for answer in (plain, chosen)] == ["en", "vi"]
    assert "Accept-Language" in chosen.headers["vary"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/events", "POST"),
        ("/v1/hooks/context", "OPTIONS, POST"),
        ("/v1/incidents/inc-1/commands", "POST"),
        ("/v1/duty/turn-1", "DELETE, PUT"),
    ],
)
async def test_what_cannot_be_read_says_what_may_be_done_there(api: Api, path: str, allowed: str) -> None:
    got, head = await api.http.get(path), await api.http.head(path)
    assert (got.status_code, got.headers["allow"]) == (405, allowed), got.text
    assert (head.status_code, head.headers["allow"]) == (405, allowed)


async def test_a_body_that_is_wrong_is_told_in_the_language_that_is_preferred(api: Api) -> None:
    given = {"command": "take", "version": "x"}
    answer = await api.http.post("/v1/incidents/inc-3/commands", json=given, headers={"accept-language": "vi"})
    assert (answer.json()["detail"], answer.json()["field"]) == ("cần `int`, nhận được `str`", "version")


@pytest.mark.parametrize(
    ("key", "statuses"),
    [
        (None, (401, 401, 401, 401)),
        ("wrong", (401, 401, 401, 401)),
        (READING_KEY, (200, 403, 403, 403)),
        (KEY, (200, 404, 200, 403)),
    ],
    ids=["nobody", "a stranger", "a viewer", "an integrator"],
)
async def test_each_role_may_do_what_it_may(api: Api, key: str | None, statuses: tuple[int, ...]) -> None:
    async with api.client(key) as http:
        found = (
            await http.get("/v1/incidents"),
            await http.post("/v1/incidents/none/commands", json={"command": "take", "version": 1}),
            await http.get("/v1/webhooks"),
            await http.put("/v1/rules/x", json={}),
        )
    assert tuple(one.status_code for one in found) == statuses


async def test_a_session_cookie_is_out_of_reach_of_scripts_and_ends_with_logout(api: Api) -> None:
    http = await api.login("operator")
    cookie = http.cookies.jar.__iter__().__next__()
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert (await http.get("/v1/session")).json()["roles"] == ["operator"]
    taken = await http.post("/v1/incidents/inc-4/commands", json={"command": "take", "version": 1})
    assert taken.json()["assignee"] == "operator"
    kept = dict(http.cookies)
    assert (await http.delete("/v1/session")).status_code == 204
    async with api.client() as again:
        assert (await again.get("/v1/incidents", cookies=kept)).status_code == 401
        assert (await again.get("/v1/session", cookies=kept)).json()["name"] is None
        assert (await again.get("/v1/session", headers={"Authorization": "Bearer no-key"})).status_code == 401
    await http.aclose()


async def test_signing_in_to_an_exercise_on_another_port_leaves_the_session_of_the_real_center(api: Api) -> None:
    """Browsers send a host's cookies to all of its ports."""
    async with aclosing(await api.login("operator")) as browser:
        login = {"user": "viewer", "password": PASSWORDS["viewer"]}
        for host in ("127.0.0.1:8100", "soc.example"):
            beside = await browser.post("/v1/session", json=login, headers={"Host": host})
            assert beside.status_code == 200
            assert (await browser.get("/v1/session", headers={"Host": host})).json()["name"] == "viewer"
            assert (await browser.get("/v1/session")).json()["name"] == "operator"
        assert "soc_session" in browser.cookies


@pytest.mark.parametrize(("origin", "status"), [("https://evil.example", 403), (None, 404)])
async def test_a_cookie_from_another_origin_commands_nothing(api: Api, origin: str | None, status: int) -> None:
    http = await api.login("admin")
    headers = {"Origin": origin or api.url}
    answer = await http.post("/v1/incidents/none/commands", json={"command": "take", "version": 1}, headers=headers)
    assert answer.status_code == status
    await http.aclose()


async def test_failed_logins_have_to_wait_after_five(api: Api) -> None:
    async with api.client() as http:
        answers = [await http.post("/v1/session", json={"user": "nobody", "password": "x"}) for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_an_incident_by_hand_goes_to_ingest_with_its_author(api: Api) -> None:
    body = {"category": "crash", "lon": 106.67, "lat": 10.98, "text": "hai xe tải"}
    answer = await api.http.post("/v1/incidents", json=body)
    assert answer.status_code == 202, answer.text
    reads = consumer(api.center.settings.kafka_bootstrap, REPORTS_BY_HAND)
    await reads.start()
    values = [record.value.decode() for batch in (await reads.getmany(timeout_ms=5000)).values() for record in batch]
    await reads.stop()
    assert answer.json()["asset"] == report_asset("/center/people", answer.json()["event"])
    mine = [value for value in values if answer.json()["event"] in value]
    assert len(mine) == 1 and '"reporter":"integrator"' in mine[0] and "report.created" in mine[0]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"category": "ufo"}, "category", "none_of"),
        ({"lon": 10.98, "lat": 106.67}, "lat", "degrees_outside"),
        ({"lon": -200.0}, "lon", "degrees_outside"),
        ({"text": "x" * 10_001}, "text", "longer"),
    ],
)
async def test_what_could_never_become_an_incident_is_refused_at_once(
    api: Api, wrong: dict[str, Any], field: str, code: str
) -> None:
    body = {"category": "crash", "lon": 106.67, "lat": 10.98, "text": "hai xe tải"}
    answer = await api.http.post("/v1/incidents", json=body | wrong)
    assert (answer.status_code, answer.json()["field"], answer.json()["code"]) == (422, field, code), answer.text


async def test_assets_and_relations_are_found_by_kind_box_and_end(api: Api) -> None:
    feeder = Asset(id="feeder-471", kind="feeder", name="471", position=(106.67, 10.98))
    edge = Relation(from_id="feeder-471", relation="feeds", to_id="cab-1")
    await api.put(reference, reference_row("assets", feeder.id, feeder), reference_row("relations", edge.id, edge))
    found = (await api.http.get("/v1/assets?kind=feeder&bbox=106,10,107,11")).json()["items"]
    assert [one["id"] for one in found] == ["feeder-471"]
    assert (await api.http.get("/v1/assets?kind=feeder&bbox=100,10,101,11")).json()["items"] == []
    bridge = Asset(id="cau-1", kind="other", name="Bridge", name_vi="Cầu ĐƯỜNG_Bình")
    await api.put(reference, reference_row("assets", bridge.id, bridge))
    for text in ("ĐƯỜNG_BÌNH", "duong_bình", "bri", unicodedata.normalize("NFD", "cầu đường")):
        found = (await api.http.get("/v1/assets", params={"q": text})).json()["items"]
        assert [one["id"] for one in found] == [bridge.id], text
    assert (await api.http.get("/v1/assets", params={"q": "duong%"})).json()["items"] == []
    edges = (await api.http.get("/v1/relations?relation=feeds&from=feeder-471")).json()["items"]
    assert [(one["from_id"], one["to_id"]) for one in edges] == [("feeder-471", "cab-1")]


async def test_an_asset_whose_id_has_slashes_is_found_by_it(api: Api) -> None:
    sensor = Asset(id="bridge/north/gauge-1", kind="sensor", name="Gauge")
    await api.put(reference, reference_row("assets", sensor.id, sensor))
    for path in (f"/v1/assets/{sensor.id}", "/v1/assets/bridge%2Fnorth%2Fgauge-1"):
        assert (await api.http.get(path)).json()["id"] == sensor.id
    answer = await api.http.get("/v1/assets/bridge/north")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_asset")


async def test_an_unregistered_sensor_is_listed_with_its_minutes_and_latest_value(api: Api) -> None:
    await api.put(sensors_seen, {**SEEN, "id": "stranger"})
    counted = partial(RollupRow, "stranger", "stage_m", count=2, min=2.0, max=3.0, last=3.0)
    minute = NOW.replace(second=0)
    async with api.center.engine.begin() as connection:
        await add(connection, [counted(minute=minute, sum=5.0, last_at=NOW)])
        await add(connection, [counted(minute=minute - timedelta(days=400), sum=4.0, last_at=NOW)])
    await api.center.redis.hset("soc:values", "stranger/stage_m", "[1700000000000, 3.0]")
    found = (await api.http.get("/v1/sensors?registered=false")).json()["items"]
    assert [one["id"] for one in found] == ["stranger"]
    told = (await api.http.get("/v1/sensors/stranger/readings")).json()
    assert told["latest"] == {"stage_m": [1700000000000, 3.0]}
    assert [(one["mean"], one["count"]) for one in told["items"]] == [(2.5, 2), (2.0, 2)]


async def test_readings_come_by_minute_hour_and_day_of_the_city_a_page_at_a_time(api: Api) -> None:
    day = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    row = partial(RollupRow, "gauge", "stage_m", count=1, min=1.0, max=1.0)
    town = City(id="demo", name="Demo", name_vi="Demo", time_zone="Asia/Ho_Chi_Minh")
    await api.put(reference, reference_row("cities", "demo", town))
    await api.put(sensors_seen, {**SEEN, "id": "gauge"})
    times = [day + timedelta(minutes=minutes) for minutes in (0, 20, 40, 60)]
    async with api.center.engine.begin() as connection:
        await add(connection, [row(minute=at, sum=float(n), last=n, last_at=at) for n, at in enumerate(times)])

    async def asked(step: str, **more: Any) -> Any:
        return (await api.http.get("/v1/sensors/gauge/readings", params={"step": step, **more})).json()

    def told(answer: Any) -> list[Any]:
        return [(one["at"], one["count"], one["mean"], one["last"]) for one in answer["items"]]

    assert [one["last"] for one in (await asked("minute"))["items"]] == [3, 2, 1, 0]
    hours = [("2026-03-01T17:00:00Z", 2, 2.5, 3), ("2026-03-01T16:00:00Z", 2, 0.5, 1)]
    assert told(await asked("hour")) == hours
    first = await asked("hour", limit=1)
    assert told(first) + told(await asked("hour", limit=1, cursor=first["next"])) == hours
    assert told(await asked("day")) == [("2026-03-01T17:00:00Z", 2, 2.5, 3), ("2026-02-28T17:00:00Z", 2, 0.5, 1)]
    assert (await api.http.get("/v1/sensors/gauge/readings?step=week")).status_code == 422


async def test_a_dead_letter_is_shown_whole_and_replayed_corrected(api: Api) -> None:
    letter = {"topic": INBOX, "partition": 1, "offset": 77, "stage": "ingest", "reason": "is required", "field": "data"}
    await api.put(dead_letters, {**letter, "at": NOW, "key": b"k", "value": b'{"id": 1}', "value_size": 9})
    path = f"/v1/dead-letters/{INBOX}/1/77"
    assert (await api.http.get(path)).json()["text"] == '{"id": 1}'
    text = '{"specversion": "1.0", "id": "1", "source": "/test", "type": "report.created"}'
    answer = await api.http.post(f"{path}/replay", json={"text": text})
    assert (answer.status_code, answer.json()["topic"]) == (200, INBOX)
    assert (await api.http.get("/v1/dead-letters")).json()["items"][0]["replayed_at"] is not None
    actions = [one["action"] for one in (await api.http.get("/v1/audit")).json()["items"]]
    assert "dead_letter.replayed" in actions


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/hook", "https://[abc", "https://example.org/a\u0001b", "https://example.org/\x00", ""]
)
async def test_a_webhook_to_a_private_or_impossible_address_is_refused(api: Api, url: str) -> None:
    answer = await api.http.post("/v1/webhooks", json={"url": url})
    assert (answer.status_code, answer.json()["field"]) == (422, "url")


async def test_an_edited_limit_is_in_force_with_its_origin(api: Api) -> None:
    http = await api.login("admin")
    body = {
        "key": "pm25",
        "value": 45.0,
        "unit": "ug/m3",
        "valid_from": "2026-01-01",
        "legal_ref": "own",
        "status": "own",
    }
    answer = await http.put("/v1/limits/pm25/2026-01-01", json=body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["origin"], answer.json()["value"]) == ("edit", 45.0)
    await http.aclose()


async def test_readiness_names_every_dependency(api: Api) -> None:
    answer = await api.http.get("/readyz")
    told = answer.json()["dependencies"]
    assert answer.status_code == 503
    assert [told[name]["ready"] for name in ("postgres", "redis", "kafka", "ingest", "detect")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "path", ["/readyz", "/healthz", "/", "/v1/incidents", "/v1/incidents/nothing", "/v1/live", "/v1/nowhere"]
)
async def test_a_head_is_answered_as_a_get_without_its_body(api: Api, path: str) -> None:
    head = await api.http.head(path)
    async with api.http.stream("GET", path) as whole:
        asked, got = (
            {name: one.headers.get(name) for name in ("content-type", "cache-control")} for one in (head, whole)
        )
    assert (head.status_code, asked, head.content) == (whole.status_code, got, b"")


async def test_docs_and_pages_name_no_other_host_and_allow_no_inline_script(api: Api) -> None:
    async with api.client() as http:
        page = await http.get("/docs")
        scripts = await http.get("/docs/swagger-ui-bundle.js")
        missing = await http.get("/assets/none.js")
    assert "http" not in page.text.replace("http-equiv", "")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert (scripts.status_code, missing.status_code) == (200, 404)


async def test_an_unreachable_database_is_a_503_with_retry_after(shared_servers: Servers) -> None:
    async with running_api(shared_servers) as running:
        await running.center.engine.dispose()
        url = running.center.engine.url.set(port=1)
        from infra.postgres.engine import connect

        running.center.keys._engine = connect(url.render_as_string(hide_password=False))
        running.center.keys._read_at = None
        answer = await running.http.get("/v1/incidents")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_metrics_count_requests_by_route(api: Api) -> None:
    await api.http.get("/v1/incidents/none")
    text = (await httpx.AsyncClient(trust_env=False).get(f"{api.url}/metrics")).text
    assert 'soc_api_requests_total{method="GET",route="/v1/incidents/{incident_id}",status="404"}' in text


async def test_an_incident_is_shown_as_a_cap_alert_and_in_an_exercise_says_so(api: Api) -> None:
    """City scenario 13: what a person would publish of an exercise cannot be taken for real."""
    answer = await api.http.get("/v1/incidents/inc-outage/cap", params={"sender": "ioc.example.vn"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/cap+xml")
    assert "<status>Actual</status>" in answer.text and "<sender>ioc.example.vn</sender>" in answer.text
    wrong = await api.http.get("/v1/incidents/inc-outage/cap", params={"references": "yesterday"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "references")
    assert (await api.http.get("/v1/incidents/inc-nowhere/cap")).status_code == 404
    drill = msgspec.structs.replace(api.center.settings, exercise="Diễn tập 2026-11")
    played = msgspec.structs.replace(api.center, settings=drill)
    shown = bytes(
        (await cap(played, Person(name="x", roles=("viewer",)), "inc-outage", Publishing.model_validate({}))).body
    ).decode()
    assert "<status>Exercise</status>" in shown and "<note>Diễn tập 2026-11</note>" in shown


async def test_the_city_says_which_exercise_is_played(api: Api) -> None:
    town = City(id="drill", name="Drill", name_vi="Diễn tập", time_zone="Asia/Ho_Chi_Minh")
    await api.put(reference, reference_row("cities", "drill", town))
    assert (await api.http.get("/v1/city")).json()["exercise"] is None
    drill = msgspec.structs.replace(api.center.settings, exercise="Diễn tập 2026-11")
    answer = await city(msgspec.structs.replace(api.center, settings=drill))
    assert msgspec.json.decode(bytes(answer.body))["exercise"] == "Diễn tập 2026-11"
