"""`soc city`: checks a city folder, or loads it into the running center."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from infra import settings as settings_module
from infra.cities.folder import read_city, shipped
from infra.embedded.addresses import with_addresses
from infra.embedded.load import create_topics, import_reference
from infra.postgres.engine import connect
from infra.settings import Settings
from infra.terminal import tell
from schemas.sentences import say
from services.cli.database import reached
from services.cli.spoken import App

app = App("help_city")
Folder = Annotated[Path, typer.Argument(help="help_city_folder", exists=True, file_okay=False)]


@app.add("check", help="help_city_check")
def check(folder: Folder) -> None:
    """Check a folder as a whole; name every error with file, place and field."""
    city = read_city(folder)
    tell(say("folder_checked", city=city.city.name, assets=len(city.assets), relations=len(city.relations)))


@app.add("import", help="help_city_import")
def import_folder(folder: Folder) -> None:
    """Load a folder into the running center; in force within a second, edits over the API stay."""
    asyncio.run(reached(_import(with_addresses(settings_module.load()), folder)))
    tell(say("folder_imported", path=folder))


async def _import(settings: Settings, folder: Path) -> None:
    ships, city = shipped(), read_city(folder)
    await asyncio.to_thread(create_topics, settings.kafka, ships, city)
    engine = connect(settings.database_url)
    try:
        await import_reference(engine, ships, city)
    finally:
        await engine.dispose()
