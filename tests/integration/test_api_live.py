"""Live streams: the same frames on SSE and WebSocket, resumed without a gap, filtered, ended with a reason."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from city.incidents import Tracked
from infra.clock import now_ms
from infra.postgres.incident_rows import incident_row
from infra.postgres.tables import changes, incidents
from infra.redis import client
from infra.redis.stages import EXPECTED, Stage, pass_on
from schemas.incidents import Change
from services.api.__main__ import body
from services.api.filters import Followed
from services.api.live import hub
from services.api.live.session import MOST
from tests.center import free_port
from tests.integration.api_center import NOW, Api, change, change_row, running_api
from tests.integration.frames import first, socket, sse
from tests.servers import Servers
from tests.waiting import PATIENCE_S, eventually


@pytest.fixture
async def api(shared_servers: Servers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    """Without a hurry: a machine that is busy for a second is no Redis that is away, at which streams end."""
    monkeypatch.setattr(client, "TIMEOUT_S", PATIENCE_S)
    async with running_api(shared_servers) as running:
        await running.have(change("inc-first").incident)
        yield running


async def test_a_change_arrives_on_sse_and_websocket_as_the_same_frame(api: Api) -> None:
    async with aclosing(sse(api)) as stream, aclosing(socket(api)) as web:
        snapshots = [(await first(one, "snapshot"))[0] for one in (stream, web)]
        await api.publish(7, change("inc-new"))
        (one,), (other,) = await first(stream, "change"), await first(web, "change")
    assert [[known["id"] for known in one["incidents"]] for one in snapshots] == [["inc-first"], ["inc-first"]]
    assert one.pop("id") == other["number"] == 7
    assert one == other


async def test_a_stream_resumes_after_the_last_number_without_a_gap(api: Api) -> None:
    for number in (1, 2, 3):
        await api.publish(number, change("inc-new", number))
    async with aclosing(sse(api, {"Last-Event-ID": "1"})) as stream:
        missed = await first(stream, "change", 2)
        await api.publish(4, change("inc-new", 4))
        then = await first(stream, "change")
    assert [frame["number"] for frame in missed + then] == [2, 3, 4]


@pytest.mark.parametrize(("since", "reason"), [(2, "too_old"), (99, "unknown_number")])
async def test_a_number_that_is_not_there_any_more_resets_with_a_new_snapshot(
    api: Api, since: int, reason: str
) -> None:
    await api.publish(10, change("inc-new"))
    async with aclosing(socket(api, f"?since={since}")) as web:
        frames = [await anext(web), await anext(web)]
    assert [frames[0]["reason"], frames[1]["frame"], frames[1]["number"]] == [reason, "snapshot", 10]


async def test_a_filtered_stream_tells_only_what_it_asked_for_and_what_it_knows(api: Api) -> None:
    async with aclosing(sse(api, severity="critical")) as stream:
        assert (await first(stream, "snapshot"))[0]["incidents"] == []
        await api.publish(1, change("inc-minor", severity="minor"))
        await api.publish(2, change("inc-bad", severity="critical"))
        await api.publish(3, change("inc-bad", 2, severity="minor"))
        found = await first(stream, "change", 2)
    assert [(one["number"], one["change"]["incident"]["severity"]) for one in found] == [(2, "critical"), (3, "minor")]


async def test_a_word_finds_in_the_stream_what_it_finds_in_the_list(api: Api) -> None:
    crash = change("inc-crash", kind="traffic.crash", root_asset="cầu-Đúc")
    await api.have(crash.incident)
    for word in ("traffic.crash", "cau-duc", "outage", "z2", "inc-crash"):
        found = (await api.http.get("/v1/incidents", params={"q": word})).json()["items"]
        wanted = Followed.model_validate({"q": word})
        told = [one.incident.id for one in (crash, change("inc-first")) if not wanted.refuses(one.incident)]
        assert sorted(one["id"] for one in found) == sorted(told) != [], word


async def happens(api: Api, number: int, made: Change) -> None:
    """A change as the recorder keeps it and the relay tells it."""
    await api.put(changes, change_row(made))
    await api.publish(number, made)


async def test_after_a_resume_it_is_still_told_what_leaves_the_filter(api: Api) -> None:
    for number, name in enumerate(("inc-missed", "inc-later"), 1):
        await happens(api, number, change(name, severity="critical"))
    await happens(api, 3, change("inc-minor", severity="minor"))
    await happens(api, 4, change("inc-missed", 2, severity="major"))
    async with aclosing(sse(api, {"Last-Event-ID": "3"}, severity="critical")) as stream:
        found = await first(stream, "change")
        await happens(api, 5, change("inc-minor", 2, severity="major"))
        await happens(api, 6, change("inc-later", 2, severity="minor"))
        await happens(api, 7, change("inc-later", 3, severity="minor", state="closed"))
        found += await first(stream, "change", 2)
    told = [(one["number"], one["change"]["incident_id"]) for one in found]
    assert told == [(4, "inc-missed"), (6, "inc-later"), (7, "inc-later")]


async def test_a_snapshot_that_must_be_cut_says_so_and_keeps_the_severe_ones(api: Api) -> None:
    async with aclosing(sse(api)) as stream:
        assert (await first(stream, "snapshot"))[0]["cut"] is False
    known = [change(f"inc-{number}", severity="minor").incident for number in range(MOST)]
    rows = [incident_row(Tracked(incident=one, region="city", created_at=NOW)) for one in known]
    await api.put(incidents, *rows)
    async with aclosing(sse(api)) as stream:
        (snapshot,) = await first(stream, "snapshot")
    assert (snapshot["cut"], len(snapshot["incidents"])) == (True, MOST)
    assert snapshot["incidents"][0]["id"] == "inc-first", "the only major one"


async def test_values_come_whole_on_connect_and_then_only_what_moved(api: Api) -> None:
    redis = api.center.redis
    await redis.hset("soc:values", mapping={"a/x": "[1, 1.0]", "b/x": "[1, 1.0]"})
    async with aclosing(sse(api)) as stream:
        whole = (await first(stream, "values"))[0]["values"]
        tiles = (await first(stream, "tiles"))[0]
        await redis.hset("soc:values", "b/x", "[2, 2.0]")
        async with asyncio.timeout(20):
            async for frame in stream:
                if frame["frame"] == "values" and "b/x" in frame["values"] and frame["values"]["b/x"][0] == 2:
                    moved = frame["values"]
                    break
    assert set(whole) == {"a/x", "b/x"}
    assert moved == {"b/x": [2, 2.0]}
    assert tiles["counts"]["open"] == 1
    assert abs(datetime.fromisoformat(tiles["now"]) - datetime.now(UTC)) < timedelta(seconds=10)


async def test_what_cannot_be_read_in_redis_costs_no_other_value_and_no_stream(
    api: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    redis, now = api.center.redis, now_ms()
    await redis.hset("soc:values", mapping={"a/x": "[1, 1.0]", "b/x": "?", b"\xff/x": "[1, 1.0]"})
    await redis.hset("soc:stages", "detect", "{}")
    await pass_on(redis, {"relay": Stage(now, now)})
    async with aclosing(sse(api)) as stream:
        values, tiles = (await first(stream, "values"))[0]["values"], (await first(stream, "tiles", 2))[-1]
        assert (set(values), set(tiles["stages"]), "detect" in tiles["missing"]) == ({"a/x"}, {"relay"}, True)
        await api.publish(1, change("inc-new"))
        assert await first(stream, "change")
    assert capfd.readouterr().out.count("b/x") == 1, "said once"


async def test_an_unexpected_error_in_what_follows_redis_ends_the_process(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> None:
        raise LookupError("unexpected")

    alone = msgspec.structs.replace(api.center.settings, http_port=free_port())
    process = asyncio.create_task(body(alone))
    other = Api(api.center, f"http://127.0.0.1:{alone.http_port}")
    other.http.timeout = httpx.Timeout(20)

    async def answers() -> bool:
        with suppress(httpx.ConnectError):
            return (await other.http.get("/healthz")).status_code == 200
        return False

    await eventually(answers, "the second API")
    monkeypatch.setattr(hub, "read_stages", broken)
    async with asyncio.timeout(20):
        frames = [frame async for frame in sse(other)]
        with pytest.raises(ExceptionGroup, match="TaskGroup"):
            await process
    await other.http.aclose()
    assert (frames[-1]["frame"], frames[-1]["reason"]) == ("reset", "stopping")


async def test_the_tiles_name_every_stage_that_has_not_reported(api: Api) -> None:
    now = now_ms()
    await pass_on(api.center.redis, {name: Stage(now, now) for name in EXPECTED if name not in ("detect", "relay")})
    async with aclosing(sse(api)) as stream:
        (tiles,) = await first(stream, "tiles")
    assert tiles["missing"] == ["detect", "relay"]


async def test_a_stream_ends_with_the_reason_when_the_server_stops(api: Api) -> None:
    async with aclosing(socket(api)) as web:
        await first(web, "snapshot")
        api.center.hub.end("stopping")
        assert (await first(web, "reset"))[0]["reason"] == "stopping"
        with pytest.raises(StopAsyncIteration):
            await anext(web)


async def test_a_socket_with_a_cookie_from_another_origin_is_refused(api: Api) -> None:
    http = await api.login("viewer")
    cookie = "; ".join(f"{name}={token}" for name, token in http.cookies.items())
    await http.aclose()
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        await anext(socket(api, Cookie=cookie, Origin="https://evil.example"))
    async with aclosing(socket(api, Cookie=cookie, Origin=api.url)) as web:
        assert (await anext(web))["frame"] == "snapshot"


async def test_a_socket_with_a_filter_that_nothing_can_match_is_told_which(api: Api) -> None:
    wrong = {
        "state=opened": "state: 'opened' is none of open",
        "bbox=11,106,12,107": "bbox: holds",
        f"severity={80 * 'đ'}": "severity: 'đđ",
    }
    for query, reason in wrong.items():
        with pytest.raises(ConnectionClosed) as refused:
            await anext(socket(api, f"?{query}"))
        assert refused.value.rcvd is not None and refused.value.rcvd.code == 1008
        assert refused.value.rcvd.reason.startswith(reason)


async def test_a_socket_takes_the_filters_of_the_list(api: Api) -> None:
    queries = "state=open&state=resolved", "shelved=false", "suppressed=false", "shelved=true", "suppressed=true"
    told = []
    for query in queries:
        async with aclosing(socket(api, f"?{query}")) as web:
            told.append([one["id"] for one in (await anext(web))["incidents"]])
    assert told == [["inc-first"], ["inc-first"], ["inc-first"], [], []]


async def test_a_stranger_gets_no_stream(api: Api) -> None:
    async with api.client() as http:
        assert (await http.get("/v1/live")).status_code == 401
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        await anext(socket(api, Authorization="Bearer wrong"))
