"""Backtests over the API: a proposal on signals in PostgreSQL, in a program of its own, refused, cancelled, dry-run."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from infra.cities.folder import layered, read_city, shipped
from infra.postgres.incident_rows import plain
from infra.postgres.tables import backtests, reference, signals
from schemas.signals import Signal
from tests.contract.tree import ROOT
from tests.integration.api_center import NOW, READING_KEY, Api, reference_row, running_api, signal_row
from tests.servers import Servers

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


@pytest.fixture(scope="module")
async def api(servers: Servers) -> AsyncIterator[Api]:
    folder = read_city(TOWN)
    whole = layered(shipped(), folder)
    items = {**folder.reference, **whole.reference}
    async with running_api(servers) as running:
        rows = [reference_row(name, key, body) for name, bodies in items.items() for key, body in bodies.items()]
        await running.put(reference, *rows)
        await running.put(signals, *[signal_row(one, None) | {"group_id": one.id} for one in OUTAGE])
        yield running


@pytest.fixture
async def admin(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    http = await api.login("admin")
    yield http
    await http.aclose()


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


@pytest.mark.parametrize(
    ("proposal", "field"),
    [
        ({}, "rules"),
        ({"without": ["no_such_rule"]}, "without.0"),
        ({"rules": [rule("outage_darkens", cause=None)]}, "rules.0.cause"),
        ({"rules": [rule("same_crash"), rule("same_crash")]}, "rules.1.id"),
        ({"rules": [{"id": "x"}]}, "rules[0].title"),
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
        "/v1/rules/outage_darkens", params={"dry_run": True}, json=rule("outage_darkens", enabled=False)
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


async def test_one_that_nobody_works_on_any_more_has_failed(api: Api) -> None:
    long_ago = NOW - timedelta(minutes=5)
    row = {"id": "bt-lost", "state": "running", "by": "admin", "created_at": long_ago, "touched_at": long_ago}
    await api.put(backtests, row | {"proposal": msgspec.to_builtins({"without": ["same_crash"]})})
    found = (await api.http.get("/v1/backtests/bt-lost")).json()
    assert found["state"] == "failed" and found["error"]
