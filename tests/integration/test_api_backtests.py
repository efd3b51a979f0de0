"""Backtests over the API: a proposal on signals in PostgreSQL and readings in Kafka, in a program of its own, refused,
cancelled, dry-run.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.cities.folder import layered, read_city, shipped
from infra.kafka.admin import ensure_topics
from infra.kafka.clients import producer
from infra.postgres import backtest_store
from infra.postgres.incident_rows import plain
from infra.postgres.tables import backtests, reference, signals
from schemas.backtests import Proposal
from schemas.readings import Pack, Run, Tick
from schemas.signals import Signal
from schemas.times import to_ms
from schemas.topics import readings_topic, topics
from services.api.backtests import queue
from tests.contract.tree import ROOT
from tests.integration.api_center import NOW, READING_KEY, Api, reference_row, running_api, signal_row
from tests.servers import Servers
from tests.waiting import eventually

TOWN = ROOT / "tests/scenarios/town"
START = NOW - timedelta(hours=2)


def past(kind: str, asset: str, second: float, **more: Any) -> Signal:
    fields: dict[str, Any] = {"state": "active", "severity": "major", **more}
    return Signal(id=f"sig-{asset}", kind=kind, asset=asset, raised_at=START + timedelta(seconds=second), **fields)


OUTAGE = [
    past("power.outage", "f1", 0, severity="critical"),
    past("traffic.signal_dark", "tl1", 10),
    past("traffic.signal_dark", "tl2", 12),
]


SLOW = plain(next(one for one in shipped().domains["traffic"].conditions if one.id == "traffic.slow_speed"))
STAGE_ID, STAGE = next((name, plain(one)) for name, one in shipped().limits.items() if one.key == "river.stage_bd2")
SLOW_FROM, SLOW_TO = 1800, 2400
"""Traffic on the first segment is at 10 km/h between these, seconds after the start, else at 50."""


def reading(second: int, name: str, value: float) -> Pack:
    at_ms = to_ms(START) + second * 1000
    runs = [Run("/sensors", f"{name}-{second}", 1)]
    return Pack(domain=name, zone="z1", names=[name], times=[at_ms], values=[value], runs=runs)


async def send_readings(servers: Servers) -> None:
    """An hour of a loop detector and a gauge, every 10 s, with ticks and with one record that is none."""
    await asyncio.to_thread(ensure_topics, servers.kafka, topics(["traffic", "river"]))
    async with producer(servers.kafka) as sender:
        await sender.send(readings_topic("traffic"), b"not a record", partition=0, timestamp_ms=to_ms(START))
        for second in range(0, 3600, 10):
            at_ms = to_ms(START) + second * 1000
            speed = 10.0 if SLOW_FROM <= second < SLOW_TO else 50.0
            for domain, pack in (
                ("traffic", reading(second, "loop1/speed_kmh", speed)),
                ("river", reading(second, f"{STAGE['asset']}/stage_m", 1.7)),
            ):
                for one in (Tick(at_ms), pack):
                    value = msgspec.json.encode(one)
                    await sender.send(readings_topic(domain), value, partition=0, timestamp_ms=at_ms)


@pytest.fixture(scope="module")
async def api(servers: Servers) -> AsyncIterator[Api]:
    folder = read_city(TOWN)
    whole = layered(shipped(), folder)
    items = {**folder.reference, **whole.reference}
    await send_readings(servers)
    async with running_api(servers) as running:
        rows = [reference_row(name, key, body) for name, bodies in items.items() for key, body in bodies.items()]
        await running.put(reference, *rows)
        await running.put(signals, *[signal_row(one, None) | {"group_id": one.id} for one in OUTAGE])
        yield running


def rule(rule_id: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = plain(shipped().rules[rule_id])
    return found | more


async def over(api: Api, backtest_id: str, seconds: float = 20) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        found: dict[str, Any] = (await api.http.get(f"/v1/backtests/{backtest_id}")).json()
        if found["state"] in {"done", "failed", "cancelled"}:
            return found
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)


async def test_without_a_rule_the_outage_of_the_past_splits_with_the_reason(api: Api) -> None:
    answer = await api.http.post("/v1/backtests", json={"without": ["outage_darkens"]})
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "queued" and answer.headers["location"].endswith(answer.json()["id"])
    done = await over(api, answer.json()["id"])
    assert (done["state"], done["progress"], done["error"]) == ("done", 1.0, None)
    findings = done["findings"]
    assert (findings["incidents_before"], findings["incidents_after"], findings["counts"]) == (1, 3, {"splits": 1})
    (split,) = findings["differences"]
    assert {one["rule"] for one in split["reasons"]} == {"outage_darkens"}
    assert split["before"][0]["root_asset"] == "f1"
    assert (await api.http.get("/v1/backtests")).json()["items"][0]["id"] == done["id"]


async def test_only_the_signals_of_the_span_are_judged(api: Api) -> None:
    span = {"from": plain(START - timedelta(days=2)), "to": plain(START)}
    answer = await api.http.post("/v1/backtests", json={"without": ["outage_darkens"], **span})
    findings = (await over(api, answer.json()["id"]))["findings"]
    assert (findings["signals_before"], findings["differences"]) == (0, [])


async def test_a_condition_is_tried_on_the_readings_and_its_signals_vanish_or_begin_later(api: Api) -> None:
    answer = await api.http.post("/v1/backtests", json={"conditions": [SLOW | {"below": 9.0, "clear": 12.0}]})
    assert answer.status_code == 202, answer.text
    findings = (await over(api, answer.json()["id"]))["findings"]
    assert (findings["kinds"], findings["readings"]) == (["traffic.slow"], 360)
    assert (findings["signal_counts"], findings["counts"]) == ({"vanishes": 1}, {"vanishes": 1})
    (gone,) = findings["signals"]
    assert (gone["before"]["asset"], gone["after"]) == ("loop1", None)
    assert gone["before"]["raised_at"] == plain(START + timedelta(seconds=SLOW_FROM + SLOW["for"]))
    (vanishes,) = findings["differences"]
    assert vanishes["before"][0]["kind"] == "traffic.slow"
    assert [(one["what"], one["rule"]) for one in vanishes["reasons"]] == [("not_raised", "traffic.slow_speed")]
    later = await api.http.post("/v1/backtests", json={"conditions": [SLOW | {"for": 300.0}]})
    findings = (await over(api, later.json()["id"]))["findings"]
    assert (findings["signal_counts"], findings["counts"]) == ({"changes": 1}, {"changes": 1})
    assert [one["what"] for one in findings["differences"][0]["reasons"]] == ["moved"]
    assert [one["field"] for one in findings["differences"][0]["fields"]] == ["opened_at"]


async def test_a_new_condition_and_a_whole_domain_raise_signals_that_join_what_is_recorded(api: Api) -> None:
    dark = SLOW | {"id": "traffic.fast", "kind": "traffic.fast", "below": None, "above": 40.0, "clear": 30.0}
    answer = await api.http.post("/v1/backtests", json={"conditions": [dark]})
    findings = (await over(api, answer.json()["id"]))["findings"]
    assert (findings["signal_counts"], findings["counts"]) == ({"appears": 2}, {"appears": 2})
    assert (findings["incidents_before"], findings["signals_before"]) == (1, len(OUTAGE))
    domain = plain(shipped().domains["traffic"])
    answer = await api.http.post("/v1/backtests", json={"domains": [domain | {"conditions": []}]})
    findings = (await over(api, answer.json()["id"]))["findings"]
    assert findings["signal_counts"] == {"vanishes": 1} and "sensor.silent" in findings["kinds"]


async def test_readings_that_are_kept_no_more_shorten_the_span_or_are_told(api: Api) -> None:
    slower = {"conditions": [SLOW | {"below": 9.0}]}
    answer = await api.http.post("/v1/backtests", json=slower | {"from": plain(START - timedelta(days=2))})
    findings = (await over(api, answer.json()["id"]))["findings"]
    assert findings["from"] == plain(START) and findings["signal_counts"] == {"vanishes": 1}
    span = {"from": plain(START - timedelta(days=2)), "to": plain(START - timedelta(days=1))}
    answer = await api.http.post("/v1/backtests", json=slower | span)
    failed = await over(api, answer.json()["id"])
    assert failed["state"] == "failed" and "no readings of these conditions are kept" in failed["error"]


async def test_a_dry_run_of_a_limit_tells_the_difference_and_one_that_is_wrong_is_named(
    api: Api, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/limits/{STAGE_ID}"
    answer = await admin.put(path, params={"dry_run": True}, json=STAGE | {"value": STAGE["value"] - 0.5}, timeout=40)
    assert answer.status_code == 202, answer.text
    findings = answer.json()["findings"]
    assert (findings["kinds"], findings["counts"]) == (["river.high_water"], {"appears": 1})
    assert findings["differences"][0]["reasons"][0]["why"].endswith("is raised: 1.7 m (1.5 m)")
    wrong = await admin.put(path, json=STAGE | {"unit": "furlong"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "unit")
    later = STAGE_ID.replace(STAGE["valid_from"], "2026-05-01")
    overlapping = await admin.put(f"/v1/limits/{later}", json=STAGE | {"valid_from": "2026-05-01"})
    assert (overlapping.status_code, overlapping.json()["field"]) == (422, "valid_from")


@pytest.mark.parametrize(
    ("proposal", "field"),
    [
        ({"conditions": [SLOW | {"above": 90.0}]}, "conditions.0.below"),
        ({"conditions": [SLOW, SLOW]}, "conditions.1.id"),
        ({"conditions": [SLOW | {"belwo": 9.0}]}, "conditions.0.belwo"),
        ({"domains": [{"id": "traffic"}]}, "domains.0.name"),
        ({"limits": [STAGE | {"unit": "furlong"}]}, "limits.0.unit"),
        ({}, "rules"),
        ({"without": ["no_such_rule"]}, "without.0"),
        ({"rules": [rule("outage_darkens", cause=None)]}, "rules.0.cause"),
        ({"rules": [rule("same_crash"), rule("same_crash")]}, "rules.1.id"),
        ({"rules": [{"id": "x"}]}, "rules.0.title"),
        ({"without": ["same_crash"], "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "from"),
        ({"without": ["same_crash"], "from": "2020-01-01T00:00:00Z"}, "from"),
        ({"rulez": []}, "rulez"),
    ],
)
async def test_what_is_wrong_with_a_proposal_is_named(api: Api, proposal: dict[str, Any], field: str) -> None:
    answer = await api.http.post("/v1/backtests", json=proposal)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


async def test_a_rule_that_names_an_unknown_kind_is_refused_with_the_field(api: Api, admin: httpx.AsyncClient) -> None:
    wrong = rule("outage_darkens")
    wrong["cause"] |= {"effects": ["traffic.gone"]}
    answer = await api.http.post("/v1/backtests", json={"rules": [wrong]})
    assert (answer.status_code, answer.json()["field"]) == (422, "rules.0.cause.effects")
    answer = await admin.put("/v1/rules/outage_darkens", json=wrong)
    assert (answer.status_code, answer.json()["field"]) == (422, "cause.effects")


async def test_a_dry_run_of_a_rule_tells_the_difference_and_changes_nothing(api: Api, admin: httpx.AsyncClient) -> None:
    before = (await admin.get("/v1/rules/outage_darkens")).json()
    answer = await admin.put(
        "/v1/rules/outage_darkens", params={"dry_run": True}, json=rule("outage_darkens", enabled=False), timeout=40
    )
    assert answer.status_code == 202, answer.text
    assert answer.json()["findings"]["counts"] == {"splits": 1}
    assert (await admin.get("/v1/rules/outage_darkens")).json() == before
    actions = {one["action"] for one in (await admin.get("/v1/audit")).json()["items"]}
    assert "backtest.started" in actions and "rules.edited" not in actions


async def test_backtests_are_for_those_who_see_the_whole_city(api: Api) -> None:
    async with api.client(READING_KEY) as reader:
        assert (await reader.post("/v1/backtests", json={"without": ["same_crash"]})).status_code == 403
        assert (await reader.get("/v1/backtests")).status_code == 403
    assert (await api.http.get("/v1/backtests/bt-0")).status_code == 404
    assert (await api.http.delete("/v1/backtests/bt-0")).status_code == 404


async def test_a_backtest_can_be_cancelled_while_it_waits_or_runs(api: Api) -> None:
    asked = [await api.http.post("/v1/backtests", json={"without": ["same_crash"]}) for _ in range(3)]
    for one in reversed(asked):
        answer = await api.http.delete(f"/v1/backtests/{one.json()['id']}")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    done = await api.http.delete(f"/v1/backtests/{asked[0].json()['id']}")
    assert done.json()["state"] == "cancelled"
    admin = await api.login("admin")
    lines = (await admin.get("/v1/audit", params={"action": "backtest.cancelled", "limit": 1000})).json()["items"]
    assert sorted(line["subject"] for line in lines) == sorted(one.json()["id"] for one in asked), "each once"


async def test_one_that_nobody_works_on_any_more_has_failed(api: Api) -> None:
    long_ago = NOW - timedelta(minutes=5)
    row = {"id": "bt-lost", "state": "running", "by": "admin", "created_at": long_ago, "touched_at": long_ago}
    await api.put(backtests, row | {"proposal": msgspec.to_builtins({"without": ["same_crash"]})})
    found = (await api.http.get("/v1/backtests/bt-lost")).json()
    assert found["state"] == "failed" and found["error"]


async def test_one_that_is_worked_on_is_not_lost_for_a_moment_without_postgresql(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[str] = []

    async def touch(_: AsyncConnection, backtest_id: str, __: datetime) -> None:
        beats.append(backtest_id)
        if len(beats) == 1:
            raise OperationalError("UPDATE", {}, Exception("server closed the connection"))

    async def worked(_: queue.Backtests, __: str) -> int:
        async def again() -> bool:
            return len(beats) > 1

        await eventually(again, "it beats again", 5)
        return 0

    monkeypatch.setattr(queue, "BEAT_S", 0.05)
    monkeypatch.setattr(backtest_store, "touch", touch)
    monkeypatch.setattr(queue.Backtests, "_worked", worked)
    backtest_id = await api.center.backtests.start(Proposal(without=["same_crash"]), "admin")
    await api.center.backtests.over(backtest_id, 10)
    assert set(beats) == {backtest_id} and len(beats) > 1
