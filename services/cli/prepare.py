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
from infra.terminal import tell
from schemas.errors import CenterError, Invalid, Unavailable
from schemas.sentences import Sentence, say
from services.cli.database import reached
from services.cli.spoken import App

WAIT_S = 120.0
LOOK_S = 1.0
app = App()


@app.add("prepare", help="help_prepare")
def prepare(
    wait: Annotated[bool, typer.Option("--wait", help="help_prepare_wait")] = False,
) -> None:
    """Bring tables, reference data and topics of your own servers to what this version and the city folder want.

    Harmless when all is there. The first time it writes credentials.json into the run directory. Start the relay next:
    the other processes begin with what it publishes.
    """
    settings = _with_servers(settings_module.load())
    ships, folder = shipped(), read_city(Path(settings.city))
    needed = [one for one in awaited.own_servers(settings) if one.setting != "SOC_REDIS_URL"]
    patience_s = WAIT_S if wait else awaited.PATIENCE_S
    awaited.await_servers(settings, needed, tell, patience_s=patience_s)  # a center can do without Redis
    if wait:
        _wait(settings, ships, folder)
        return
    load.fill_database(settings, ships, folder, tell)
    created = load.create_topics(settings.kafka, ships, folder)
    tell(say("topics_created", number=created) if created else say("topics_there"))


def _with_servers(settings: Settings) -> Settings:
    """The settings with the city folder's whole path. Raises Invalid if a server has no address."""
    for name in ("kafka_bootstrap", "database_url", "redis_url"):
        if not getattr(settings, name):
            raise Invalid(say("own_server_needed"), field=f"SOC_{name.upper()}")
    return msgspec.structs.replace(settings, city=str(city_path(settings)))


def _wait(settings: Settings, ships: Shipped, folder: CityFolder) -> None:
    """Returns once nothing is missing. Raises Unavailable with what still is when two minutes brought nothing new."""
    deadline, said = time.monotonic() + WAIT_S, None
    while missing := _missing(settings, ships, folder):
        if missing != said:
            tell(say("waiting_for", missing=missing))
            said, deadline = missing, time.monotonic() + WAIT_S
        if time.monotonic() > deadline:
            raise Unavailable(say("not_prepared", seconds=WAIT_S, missing=missing))
        time.sleep(LOOK_S)
    tell(say("prepared"))


def _missing(settings: Settings, ships: Shipped, folder: CityFolder) -> Sentence | None:
    """What is not there yet, for people; topics are the last that is prepared. None: nothing."""
    try:
        if not is_present(settings.database_url):
            return say("missing_tables")
        if absent := load.absent_topics(settings.kafka, ships, folder):
            return say("missing_topics", names=", ".join(absent))
        if rows := asyncio.run(reached(load.waiting_rows(settings.database_url, reference_only=True))):
            return say("missing_rows", rows=rows)
    except CenterError as error:
        return error.whole
    return None
