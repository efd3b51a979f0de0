"""Telling people away from the desk: whoever is on duty when it is sent, each in his language."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city.delivery import DELIVERED, ENDS, GONE, HOPELESS, RETRY, level_of, verdict
from city.duty import on_duty, reached
from city.notices import News
from infra.metrics import NOBODY
from infra.outbound.post import Attempt, kept
from infra.postgres.duty_store import roster
from infra.postgres.told import told_of
from infra.postgres.words import StoredWords
from schemas.duty import FIRST, ON_DUTY, Duty
from schemas.incidents import Change
from services.webhooks.news import change_in, news_of

UNMANNED = "nobody is on duty who could be told"
DECIDING = (GONE, RETRY, HOPELESS, DELIVERED)
"""Of the attempts at several people the first of these decides: only once nobody is left to be reached is it over."""


class Person(msgspec.Struct, frozen=True):
    """Somebody to be told."""

    address: str
    """Of mail, or a telephone number."""
    name: str = ""
    language: str = "vi"


class Carrier(Protocol):
    """A way on which people are reached."""

    way: str
    """The field of a turn of duty that it needs."""

    async def carry(self, endpoint: Row[Any], message: str, news: News, people: Sequence[Person]) -> list[Attempt]:
        """One attempt at each of the people, in their order; `message` is the delivery's message id."""


class People:
    """A form of endpoints: finds out who is to be told what, and has it carried to each."""

    def __init__(self, engine: AsyncEngine, carrier: Carrier, public_url: str = "") -> None:
        """`public_url`: where people reach the console, for links."""
        self._engine = engine
        self._carrier = carrier
        self._public_url = public_url.rstrip("/")
        self._words = StoredWords()

    async def tell(self, endpoint: Row[Any], delivery: Row[Any], now: datetime) -> Attempt | None:
        """One attempt at those whom earlier ones did not reach; None for the end of what nobody knows of."""
        change = change_in(delivery.body)
        async with self._engine.connect() as connection:
            words = await self._words.present(connection)
            news = await news_of(connection, change, words, self._public_url)
            if change is not None and change.kind in ENDS:
                found = await self._who_know(connection, endpoint, change)
            else:
                present = on_duty(await roster(connection), words.time_zone, now)
                found = self._reachable(endpoint, _concerned(present, change, endpoint.agency))
        if not found:
            return None if change is not None and change.kind in ENDS else _unmanned()
        left = [one for one in found if one.address not in delivery.told]
        attempts = await self._carrier.carry(endpoint, delivery.message_id, news, left) if left else []
        return joined(left, attempts)

    async def _who_know(self, connection: AsyncConnection, endpoint: Row[Any], change: Change) -> list[Person]:
        """Those who were told of the incident, also if they are no longer on duty, or in the roster."""
        known = await told_of(connection, endpoint.id, change.incident_id)
        found = self._reachable(endpoint, await roster(connection))
        return _once(one for one in [*found, *map(Person, sorted(known))] if one.address in known)

    def _reachable(self, endpoint: Row[Any], duties: Iterable[Duty]) -> list[Person]:
        """Those of the roster, if the endpoint is for them, and whom it names itself."""
        found = [Person(getattr(one, self._carrier.way), one.name, one.language) for one in duties]
        named = [Person(address) for address in endpoint.to if address != ON_DUTY]
        return _once([*(found if ON_DUTY in endpoint.to else []), *named])


def _concerned(present: Sequence[Duty], change: Change | None, agency: str | None) -> list[Duty]:
    """Of those on duty whom a change is for; a test is for the first level. An endpoint of an agency tells its people
    and those of the whole city."""
    if change is None:
        own = present if agency is None else reached(present, [agency], FIRST)
        return [one for one in own if one.level == FIRST]
    return reached(present, change.incident.agencies if agency is None else [agency], level_of(change.incident))


def _once(people: Iterable[Person]) -> list[Person]:
    """Each address once, as it came first; nobody without one."""
    found: dict[str, Person] = {}
    for one in people:
        found.setdefault(one.address, one)
    return [one for one in found.values() if one.address]


def _unmanned() -> Attempt:
    NOBODY.inc()
    return Attempt(status=None, error=UNMANNED, duration_ms=0, verdict=HOPELESS)


def joined(people: Sequence[Person], attempts: Sequence[Attempt]) -> Attempt:
    """What became of all of them together; nobody left to be told is delivered."""
    judged = [one.verdict or verdict(one.status) for one in attempts]
    told = tuple(person.address for person, one in zip(people, judged, strict=True) if one == DELIVERED)
    deciding = next((one for one in DECIDING if one in judged), DELIVERED)
    failed = [
        f"{person.address}: {attempt.error or attempt.status}"
        for person, attempt, one in zip(people, attempts, judged, strict=True)
        if one != DELIVERED
    ]
    first = attempts[judged.index(deciding)] if judged else Attempt(status=None, error=None, duration_ms=0)
    return msgspec.structs.replace(
        first,
        verdict=deciding,
        error=kept("; ".join(failed)) or None,
        duration_ms=max((one.duration_ms for one in attempts), default=0),
        response=", ".join(told),
        told=told,
    )
