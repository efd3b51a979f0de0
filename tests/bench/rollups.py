"""How long a month's chart of one sensor takes while 600 sensors have 400 days of rollups behind them.

The hours are all there (5.76 million rows). Of the minutes (345.6 million) only the newest month is (26.8 million):
what is asked of them is found by sensor and time in the partition of its month, so that other months do not matter.
"""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infra.postgres.engine import connect
from infra.postgres.partitions import ensure
from infra.postgres.tables import metadata
from services.api.routes.readings import Span, _page
from tests.servers import running_servers

SENSORS, DAYS, FULL_DAYS = 600, 400, 31
END = datetime(2026, 6, 1, tzinfo=UTC)
FILL = text(
    """
    INSERT INTO {table}
    SELECT 'sensor-' || number, 'value', at, 1, number, number, number, number, at
    FROM generate_series(CAST(:start AS timestamptz), CAST(:end AS timestamptz) - :step, :step) AS at,
         generate_series(1, :sensors) AS number
""".replace("{table}", "rollup_hours")
)
MINUTES = text(FILL.text.replace("rollup_hours", "rollups"))


async def _fill(connection: AsyncConnection, table: str, statement: Any, days: int) -> None:
    start = END - timedelta(days=days)
    await ensure(connection, table, [start + timedelta(days=day) for day in range(days)])
    step = timedelta(hours=1) if table == "rollup_hours" else timedelta(minutes=1)
    await connection.execute(statement, {"start": start, "end": END, "step": step, "sensors": SENSORS})


async def _asked(engine: AsyncEngine, sensor: int, span: Span) -> tuple[float, int]:
    began = perf_counter()
    async with engine.connect() as connection:
        rows = (await connection.execute(_page(f"sensor-{sensor}", span, "Asia/Ho_Chi_Minh"))).all()
    return (perf_counter() - began) * 1000, len(rows)


async def _worst(engine: AsyncEngine, span: Span) -> float:
    """The slowest of 20 sensors, each asked for the first time, milliseconds."""
    found = [await _asked(engine, sensor, span) for sensor in range(5, SENSORS, SENSORS // 20)]
    assert all(rows == found[0][1] > 0 for _, rows in found)
    return round(max(each for each, _ in found), 1)


async def _measured(database_url: str) -> dict[str, Any]:
    engine = connect(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await _fill(connection, "rollup_hours", FILL, DAYS)
        await _fill(connection, "rollups", MINUTES, FULL_DAYS)
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
    month: dict[str, Any] = {"from": END - timedelta(days=31), "to": END, "limit": 1000}
    year: dict[str, Any] = {"from": END - timedelta(days=365), "to": END, "limit": 1000}
    day: dict[str, Any] = {"from": END - timedelta(days=1), "to": END, "limit": 1500}
    figures = {
        "month_by_hour_ms": await _worst(engine, Span(step="hour", **month)),
        "year_by_day_ms": await _worst(engine, Span(step="day", **year)),
        "day_by_minute_ms": await _worst(engine, Span(step="minute", **day)),
    }
    await engine.dispose()
    return {"hours": SENSORS * DAYS * 24, "minutes": SENSORS * FULL_DAYS * 1440, **figures}


def run() -> dict[str, Any]:
    """The aim is 300 ms for a month's chart."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with running_servers(Path(folder)) as servers:
            return asyncio.run(_measured(servers.fresh_database()))
