"""`soc prepare`: what `soc up` does before it starts the processes, for those who start them some other way."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from infra import settings as settings_module
from infra.cities.folder import CityFolder, Shipped, read_city, shipped
from infra.embedded import awaited, load
from infra.embedded.plan import city_path
from infra.postgres.migrate import is_present
from infra.settings import Settings
from schemas.errors import CenterError, Invalid, Unavailable

WAIT_S = 120.0
LOOK_S = 1.0
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def prepare(
    wait: Annotated[
        bool, typer.Option("--wait", help="Prepare nothing: return once it is done and the relay has published it.")
    ] = False,
) -> None:
    """Bring tables, reference data and topics of your own servers to what this version and the city folder want.

    Harmless when all is there. The first time it writes credentials.json into the run directory. Start the relay next:
    the other processes begin with what it publishes.
    """
    settings = _with_servers(settings_module.load())
    ships, folder = shipped(), read_city(Path(settings.city))
    needed = [one for one in awaited.own_servers(settings) if one.setting != "SOC_REDIS_URL"]
    patience_s = WAIT_S if wait else awaited.PATIENCE_S
    awaited.await_servers(settings, needed, _say, patience_s=patience_s)  # a center can do without Redis
    if wait:
        _wait(settings, ships, folder)
        return
    load.fill_database(settings, ships, folder, _say)
    created = load.create_topics(settings.kafka, ships, folder)
    _say(f"topics: {created} created" if created else "topics: all there")


def _say(line: str) -> None:
    print(line, flush=True)


def _with_servers(settings: Settings) -> Settings:
    """The settings with the city folder's whole path. Raises Invalid if a server has no address."""
    for name in ("kafka_bootstrap", "database_url", "redis_url"):
        if not getattr(settings, name):
            raise Invalid("must be set: only servers of your own are prepared", field=f"SOC_{name.upper()}")
    return msgspec.structs.replace(settings, city=str(city_path(settings)))


def _wait(settings: Settings, ships: Shipped, folder: CityFolder) -> None:
    """Returns once nothing is missing. Raises Unavailable with what still is after two minutes."""
    deadline, said = time.monotonic() + WAIT_S, ""
    while missing := _missing(settings, ships, folder):
        if missing != said:
            _say(f"waiting: {missing}")
        said = missing
        if time.monotonic() > deadline:
            raise Unavailable(f"not prepared after {WAIT_S:.0f} s: {missing}")
        time.sleep(LOOK_S)
    _say("prepared")


def _missing(settings: Settings, ships: Shipped, folder: CityFolder) -> str:
    """What is not there yet, for people; topics are the last that is prepared. Empty: nothing."""
    try:
        if not is_present(settings.database_url):
            return "the tables are not those of this version"
        if absent := load.absent_topics(settings.kafka, ships, folder):
            return f"topics are missing: {', '.join(absent)}"
        if rows := asyncio.run(load.waiting_rows(settings.database_url, reference_only=True)):
            return f"the relay has yet to publish {rows} rows of reference data"
    except CenterError as error:
        return str(error)
    return ""
