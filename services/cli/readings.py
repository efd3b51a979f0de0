"""`soc readings`: what sensors did, out of the center into a file."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from infra import settings as settings_module
from infra.embedded.addresses import with_addresses
from infra.postgres.engine import connect
from infra.postgres.rollup_export import TABLES, Wanted, export
from schemas.errors import Invalid

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def readings(
    out: Annotated[Path, typer.Argument(help="The Parquet file to write.")],
    start: Annotated[datetime, typer.Option("--from", help="From this time on, UTC.")],
    end: Annotated[datetime, typer.Option("--to", help="Before this time, UTC.")],
    step: Annotated[str, typer.Option(help="minute or hour.")] = "minute",
    sensor: Annotated[str, typer.Option(help="Only this sensor.")] = "",
) -> None:
    """Write rollups as Parquet, for instance before they are dropped."""
    if step not in TABLES:
        raise Invalid(f"is not one of {', '.join(TABLES)}", field="step")
    wanted = Wanted(step=step, start=_utc(start), end=_utc(end), sensor=sensor or None)
    settings = with_addresses(settings_module.load())

    async def run() -> int:
        engine = connect(settings.database_url)
        try:
            return await export(engine, wanted, out)
        finally:
            await engine.dispose()

    print(f"{asyncio.run(run())} rows in {out}")


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=at.tzinfo or UTC)
