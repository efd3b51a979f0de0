"""Telling people away from the desk: whoever is on duty when it is sent, each in his language."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city.delivery import DELIVERED, ENDS, GONE, HOPELESS, RETRY, level_of, message_id, verdict
from city.duty import on_duty, reached
from city.enrich import Catalogue
from city.notices import News
from infra.metrics import NOBODY
from infra.outbound.post import Attempt, kept
from infra.postgres.duty_store import roster
from infra.postgres.told import told_of
from infra.postgres.words import StoredWords
from schemas.duty import FIRST, ON_DUTY, Duty
from schemas.incidents import Change
from services.webhooks.letters import Letter, Person, of_many, of_one
from services.webhooks.news import brief, change_in, news_of

UNMANNED = "nobody is on duty who could be told"
DECIDING = (GONE, RETRY, HOPELESS, DELIVERED)
"""Of the attempts at several people the first of these decides: only once nobody is left to be reached is it over."""


class Present(NamedTuple):
    """The roster, and who of it is on duty."""

    roster: Sequence[Duty]
    on_duty: Sequence[Duty]


class Carrier(Protocol):
    """A way on which people are reached."""

    way: str
    """The field of a turn of duty that it needs."""

    async def carry(self, endpoint: Row[Any], message: str, letters: Sequence[Letter]) -> list[Attempt]:
        """One attempt at each letter, in their order; `message` is what they are known by."""


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
            found = await self._whom(connection, endpoint, change, await self._present(connection, words, now))
        left = _left(found, delivery)
        letters = [of_one(news, person) for person in left]
        attempts = await self._carrier.carry(endpoint, delivery.message_id, letters) if letters else []
        return joined(left, attempts) if found else _nobody(change)

    async def tell_together(self, endpoint: Row[Any], told: Sequence[Row[Any]], now: datetime) -> list[Attempt | None]:
        """As `tell` for each of several deliveries, in their order, but each person gets one letter about all that
        are for him.
        """
        changes = [change_in(delivery.body) for delivery in told]
        async with self._engine.connect() as connection:
            words = await self._words.present(connection)
            present = await self._present(connection, words, now)
            found = [await self._whom(connection, endpoint, change, present) for change in changes]
        left = [_left(people, delivery) for people, delivery in zip(found, told, strict=True)]
        shared: dict[str, tuple[Person, list[News]]] = {}
        for change, people in zip(changes, left, strict=True):
            for person in people:
                shared.setdefault(person.address, (person, []))[1].append(brief(change, words, self._public_url))
        letters = [of_many(news, person, self._public_url) for person, news in shared.values()]
        message = message_id(endpoint.id, " ".join(one.message_id for one in told), len(told))
        attempts = await self._carrier.carry(endpoint, message, letters) if letters else []
        by_address = dict(zip(shared, attempts, strict=True))
        return [
            joined(few, [by_address[person.address] for person in few], len(told)) if people else _nobody(change)
            for change, people, few in zip(changes, found, left, strict=True)
        ]

    async def _present(self, connection: AsyncConnection, words: Catalogue, now: datetime) -> Present:
        everybody = await roster(connection)
        return Present(everybody, on_duty(everybody, words.time_zone, now))

    async def _whom(
        self, connection: AsyncConnection, endpoint: Row[Any], change: Change | None, present: Present
    ) -> list[Person]:
        """Whom a change is for; of an end those who know, also if they are off duty, or no longer in the roster."""
        if change is None or change.kind not in ENDS:
            return self._reachable(endpoint, _concerned(present.on_duty, change, endpoint.agency))
        known = await told_of(connection, endpoint.id, change.incident_id)
        found = self._reachable(endpoint, present.roster)
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


def _left(found: Sequence[Person], delivery: Row[Any]) -> list[Person]:
    return [one for one in found if one.address not in delivery.told]


def _nobody(change: Change | None) -> Attempt | None:
    """What it comes to where nobody is to be told: of an end nothing, else a failure."""
    if change is not None and change.kind in ENDS:
        return None
    NOBODY.inc()
    return Attempt(status=None, error=UNMANNED, duration_ms=0, verdict=HOPELESS)


def joined(people: Sequence[Person], attempts: Sequence[Attempt], many: int = 1) -> Attempt:
    """What became of all of them together, with so `many` deliveries at once; nobody left to be told is delivered."""
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
        response=", ".join(told) + (f" ({many} at once)" if told and many > 1 else ""),
        told=told,
    )
