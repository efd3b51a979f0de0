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
from infra.terminal import tell
from schemas.errors import Invalid
from schemas.sentences import say
from services.cli.database import reached
from services.cli.spoken import App

app = App()


@app.add("readings", help="help_readings")
def readings(
    out: Annotated[Path, typer.Argument(help="help_readings_out")],
    start: Annotated[datetime, typer.Option("--from", help="help_readings_from")],
    end: Annotated[datetime, typer.Option("--to", help="help_readings_to")],
    step: Annotated[str, typer.Option(help="help_readings_step")] = "minute",
    sensor: Annotated[str, typer.Option(help="help_readings_sensor")] = "",
) -> None:
    """Write rollups as Parquet, for instance before they are dropped."""
    if step not in TABLES:
        raise Invalid(say("not_one_of", known=", ".join(TABLES)), field="--step")
    if out.is_dir() or not out.parent.is_dir():
        raise Invalid(say("path_is_folder") if out.is_dir() else say("no_folder_at", path=out.parent), field=str(out))
    if _utc(end) <= _utc(start):
        raise Invalid(say("after_from"), field="--to")
    wanted = Wanted(step=step, start=_utc(start), end=_utc(end), sensor=sensor or None)
    settings = with_addresses(settings_module.load())

    async def run() -> int:
        engine = connect(settings.database_url)
        try:
            return await export(engine, wanted, out)
        finally:
            await engine.dispose()

    tell(say("rows_written", rows=asyncio.run(reached(run())), path=out))


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=at.tzinfo or UTC)
