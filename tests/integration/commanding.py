"""An outage as the recorder stores it, and what people command about it, in a database of a test."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from city.incidents import Command, Moment, update
from infra.postgres.commands import Commands
from infra.postgres.incident_store import load, save
from infra.postgres.words import StoredWords
from schemas.ids import incident_id
from schemas.incidents import Incident
from schemas.links import Explanation
from tests.truth import at, signal
from tests.unit.incidents.book import words

TRIP, DARK = signal("feeder-1", 0), signal("lamp-1", 20, "traffic.signal_dark")
COMMANDS = Commands(StoredWords())
NAME = incident_id(TRIP.id)


async def obeyed(engine: AsyncEngine, name: str, wish: Command, moment: Moment) -> Incident:
    """The incident after a command, in a transaction of its own."""
    async with engine.begin() as connection:
        return await COMMANDS.obeyed(connection, name, wish, moment)


async def record(engine: AsyncEngine, *explanations: Explanation, seconds: float = 0) -> None:
    async with engine.begin() as connection:
        state = await load(connection, explanations)
        outcome = update(state, explanations, Moment(at(seconds)), words())
        await save(connection, state, outcome, "town", at(seconds))


async def command(engine: AsyncEngine, name: str, verb: str, version: int) -> Incident:
    return await obeyed(engine, name, Command(command=verb, version=version), Moment(at(99), by="lan"))


async def say(engine: AsyncEngine, name: str, verb: str, version: int, **more: Any) -> Incident:
    wish = Command(command=verb, version=version, **more)
    return await obeyed(engine, name, wish, Moment(at(100 + version), by="lan"))
