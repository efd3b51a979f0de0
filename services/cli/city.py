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

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="City folders.")
Folder = Annotated[Path, typer.Argument(help="The city folder.", exists=True, file_okay=False)]


@app.command()
def check(folder: Folder) -> None:
    """Check a folder as a whole; name every error with file, place and field."""
    city = read_city(folder)
    print(f"{city.city.name}: {len(city.assets)} assets, {len(city.relations)} relations, no error")


@app.command("import")
def import_folder(folder: Folder) -> None:
    """Load a folder into the running center; in force within a second, edits over the API stay."""
    asyncio.run(_import(with_addresses(settings_module.load()), folder))
    print(f"imported {folder}")


async def _import(settings: Settings, folder: Path) -> None:
    ships, city = shipped(), read_city(folder)
    await asyncio.to_thread(create_topics, settings.kafka, ships, city)
    engine = connect(settings.database_url)
    try:
        await import_reference(engine, ships, city)
    finally:
        await engine.dispose()
