"""Waits for servers of one's own and says for which, why and how long, instead of failing late or without a word."""

import asyncio
import os
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from textwrap import shorten
from threading import Event, Thread
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from infra.embedded.jars import Tell
from infra.settings import Settings
from schemas.errors import Invalid, Unavailable
from schemas.sentences import Sentence, joined, say

PATIENCE_S = 30.0
TOLD_AFTER_S = 1.0
"""Whoever answers sooner is not spoken of."""
TOLD_AGAIN_S = 5.0
LOOK_S = 0.5
REASON_LENGTH = 200
"""Redis tells at length what its administrator may do."""
ANSWER_S = 10.0
"""For one question; the next one may meet another server behind the same name."""
REFUSED = re.compile(
    r"authentication failed|no password supplied|does not exist|pg_hba\.conf|certificate|does not support SSL|"
    r"invalid (URI|connection option|sslmode)|WRONGPASS|NOAUTH|NOPERM|username-password|"
    r"Authentication required|DB index|protected mode",
    re.IGNORECASE,
)
"""What PostgreSQL and Redis say of a setting that is wrong: waiting would not change it."""


class Awaited(NamedTuple):
    """A server of one's own."""

    name: str
    setting: str
    where: str
    """host:port, without a password."""
    ask: Callable[[], Awaitable[object]]
    """Raises what its client raises."""


def own_servers(settings: Settings) -> list[Awaited]:
    """Those that have an address: the others are embedded, and waited for where they are started."""
    found = []
    if settings.kafka_bootstrap:
        found.append(Awaited("Kafka", "SOC_KAFKA_BOOTSTRAP", settings.kafka_bootstrap, lambda: _kafka(settings)))
    if settings.database_url:
        where = address_of(settings.database_url, 5432)
        found.append(Awaited("PostgreSQL", "SOC_DATABASE_URL", where, lambda: _postgres(settings)))
    if settings.redis_url:
        where = address_of(settings.redis_url, 6379)
        found.append(Awaited("Redis", "SOC_REDIS_URL", where, lambda: _redis(settings)))
    return found


def address_of(url: str, port: int) -> str:
    """host:port of a URL, without a password; else the hosts of its query, as libpq has several, or its path."""
    parts = urlsplit(url)
    hosts = ", ".join(parse_qs(parts.query).get("host", []))
    return f"{parts.hostname}:{parts.port or port}" if parts.hostname else hosts or parts.path


def await_servers(
    settings: Settings, servers: Iterable[Awaited], tell: Tell, *, patience_s: float = PATIENCE_S
) -> None:
    """Returns once all answer, with a warning of what is unwise.

    Raises Unavailable when patience is over, and at once Invalid if a setting is wrong or a server refuses it.
    """
    settings.kafka.options()  # files that cannot be read
    if settings.kafka.in_the_clear:
        tell(say("kafka_in_the_clear"))
    asyncio.run(_all([_Waiting(one, tell, patience_s) for one in servers]))


async def _all(waiting: list["_Waiting"]) -> None:
    tasks = [asyncio.create_task(one.run()) for one in waiting]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


class _Waiting:
    """For one server."""

    def __init__(self, server: Awaited, tell: Tell, patience_s: float) -> None:
        self._server, self._tell, self._patience_s = server, tell, patience_s
        self._began, self._told = time.monotonic(), False
        self._reason = ""
        """In words of ours or of its client."""

    async def run(self) -> None:
        """Asks until it answers, and tells meanwhile."""
        answered = Event()
        Thread(target=self._tell_meanwhile, args=(answered,), daemon=True).start()
        try:
            while reason := await self._asked():
                self._reason = reason
                if self._waited > self._patience_s:
                    said = say(
                        "server_mute",
                        name=self._server.name,
                        where=self._server.where,
                        seconds=self._patience_s,
                        reason=reason,
                    )
                    raise Unavailable(said, field=self._server.setting)
                await asyncio.sleep(LOOK_S)
        finally:
            answered.set()
        if self._told:
            self._tell(say("server_answers", name=self._server.name, where=self._server.where, seconds=self._waited))

    @property
    def _waited(self) -> float:
        return time.monotonic() - self._began

    def _tell_meanwhile(self, answered: Event) -> None:
        """In a thread: the first question loads the libraries of clients, which takes a busy machine seconds."""
        pause = TOLD_AFTER_S
        while not answered.wait(pause):
            pause, self._told = TOLD_AGAIN_S, True
            waited = self._told_waiting()
            self._tell(joined([waited, self._reason], ": ") if self._reason else waited)

    def _told_waiting(self) -> Sentence:
        return say(
            "server_waited",
            name=self._server.name,
            where=self._server.where,
            setting=self._server.setting,
            waited=self._waited,
            seconds=self._patience_s,
        )

    async def _asked(self) -> str:
        """Why it gives no answer; empty if it gives one. Raises Invalid if asking again would change nothing."""
        from redis.exceptions import RedisError
        from sqlalchemy.exc import SQLAlchemyError

        try:
            async with asyncio.timeout(max(1.0, min(ANSWER_S, self._patience_s - self._waited))):
                await self._server.ask()
        except TimeoutError:
            return say("silent")
        except Unavailable as error:
            said = error.said
            if isinstance(said, Sentence) and said.code == "kafka_silent":  # that one names the server as we do
                reason: str = said.values["reason"]
                return reason
            return said
        except (SQLAlchemyError, RedisError, OSError, ValueError) as error:
            return self._of_client(error)
        return ""

    def _of_client(self, error: Exception) -> str:
        said = str(getattr(error, "orig", None) or error).strip()
        causes = list(_causes(error))
        of_tls = any(isinstance(one, ssl.SSLCertVerificationError) for one in causes)
        reason = shorten(said.partition("\n")[0], REASON_LENGTH, placeholder=" …")
        if of_tls or isinstance(error, ValueError) or REFUSED.search(said):
            refused = say("server_refuses", name=self._server.name, where=self._server.where, reason=reason)
            raise Invalid(refused, field=self._server.setting) from None
        of_system = [
            os.strerror(one.errno) for one in causes if isinstance(one, OSError) and one.errno and one.errno > 0
        ]
        return next(iter(of_system), reason or type(error).__name__)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


async def _kafka(settings: Settings) -> None:
    from infra.kafka.knock import knock

    await knock(settings.kafka)


async def _postgres(settings: Settings) -> None:
    from sqlalchemy import text

    from infra.postgres.engine import connect

    engine = connect(settings.database_url, pool=1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    finally:
        await engine.dispose()


async def _redis(settings: Settings) -> None:
    from infra.redis.client import connect

    redis = connect(settings.redis_url)
    try:
        await redis.ping()
    finally:
        await redis.aclose()
