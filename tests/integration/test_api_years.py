"""Years of incidents: what asks for a day or a moment of them reads no more than lies about it."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from infra.postgres.past import past_signals
from infra.postgres.tables import changes, signals
from schemas.signals import Signal
from tests.integration.api_center import NOW, Api, change, change_row, running_api, signal_row
from tests.servers import Servers

INCIDENTS = 20_000
EVERY_HOURS = 1
"""Begins, each resolved within half an hour: somewhat over two years."""
LIE_ABOUT = INCIDENTS // 5
"""A stretch of such an index holds a thousand incidents, or four thousand signals."""
MULTIPLIED = f"""
    INSERT INTO incidents (id, version, state, severity, kind, domain, region, zones, agencies, body, search,
                           opened_at, created_at, resolved_at, updated_at)
    SELECT 'inc-' || n, 2, 'closed', severity, kind, domain, region, zones, agencies, body, search, at, at,
           at + interval '30 min', at + interval '40 min'
    FROM incidents, generate_series(1, {INCIDENTS}) n,
         LATERAL (SELECT opened_at - interval '2 h' - n * interval '{EVERY_HOURS} h' AS at) AS began
    WHERE id = 'inc-first' ORDER BY at;
    INSERT INTO changes (incident_id, version, kind, at, by, body)
    SELECT incidents.id, v, 'updated', created_at + v * interval '20 min', 'center', changes.body
    FROM incidents, generate_series(1, 2) v, changes
    WHERE changes.incident_id = 'inc-first' AND incidents.id <> 'inc-first' ORDER BY created_at;
    INSERT INTO signals (id, kind, asset, state, severity, zone, group_id, raised_at, cleared_at, body)
    SELECT 'sig-' || incidents.id, s.kind, s.asset, 'cleared', s.severity, s.zone, 'sig', incidents.opened_at,
           incidents.resolved_at, s.body
    FROM signals s, incidents WHERE s.id = 'sig-first' AND incidents.id <> 'inc-first' ORDER BY incidents.opened_at;
    SELECT brin_summarize_new_values('ix_incidents_times');
    SELECT brin_summarize_new_values('ix_signals_times');
    ANALYZE
"""
"""As autovacuum would, blocks are taken into the indexes in the end."""


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        first = change("inc-first", updated_at=NOW, opened_at=NOW)
        await running.have(first.incident)
        raised = Signal(
            id="sig-first", kind="power.outage", asset="feeder-1", state="active", severity="major", raised_at=NOW
        )
        await running.put(changes, change_row(first))
        await running.put(signals, {**signal_row(raised, "inc-first"), "group_id": "sig"})
        async with running.center.engine.begin() as connection:
            for statement in MULTIPLIED.split(";"):
                await connection.execute(text(statement))
        yield running


@pytest.fixture
def asked(api: Api) -> Iterator[list[tuple[str, Any]]]:
    """What PostgreSQL is asked meanwhile: statements with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    event.listen(api.center.engine.sync_engine, "before_cursor_execute", note)
    yield found
    event.remove(api.center.engine.sync_engine, "before_cursor_execute", note)


def _visited(plan: dict[str, Any]) -> float:
    """Rows that the scans of a plan looked at, those too that they left out."""
    rows = sum(plan.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"))
    own = rows * plan["Actual Loops"] if "Relation Name" in plan else 0
    return float(own + sum(_visited(one) for one in plan.get("Plans", ())))


async def _most_visited(api: Api, asked: list[tuple[str, Any]]) -> float:
    async with api.center.engine.connect() as connection:
        plans = [
            (await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)).scalar_one()
            for statement, parameters in list(asked)
        ]
    assert plans
    return max(_visited(plan[0]["Plan"]) for plan in plans)


LONG_AGO = NOW - timedelta(days=400)


PATHS = {
    "today": "/v1/indicators/day",
    "a day": f"/v1/indicators/day?day={LONG_AGO:%Y-%m-%d}",
    "a month of the room": f"/v1/indicators/room?month={LONG_AGO:%Y-%m}",
    "a moment": f"/v1/changes/standing?at={LONG_AGO:%Y-%m-%dT%H:%M:%SZ}",
}
"""Named, for the times differ between the workers of a run."""


@pytest.mark.parametrize("asked_for", PATHS)
async def test_a_day_of_years_is_found_without_reading_them_all(
    api: Api, asked: list[tuple[str, Any]], asked_for: str
) -> None:
    answer = await api.http.get(PATHS[asked_for])
    assert answer.status_code == 200, answer.text
    assert await _most_visited(api, asked) < LIE_ABOUT


async def test_the_signals_of_a_day_are_found_without_reading_them_all(api: Api, asked: list[tuple[str, Any]]) -> None:
    async with api.center.engine.connect() as connection:
        found = await past_signals(connection, LONG_AGO, LONG_AGO + timedelta(days=1), 1000)
    assert 24 <= len(found) <= 26  # with the one that is still active and those that lasted into the day
    assert await _most_visited(api, asked) < LIE_ABOUT
