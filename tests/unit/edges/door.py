"""What stands behind an edge: a judge, a packer that may refuse, dead letters, a memory that knows nothing."""

import asyncio
from collections.abc import Sequence
from typing import Any

from city.enrich import Catalogue
from city.judge import Accepted, Judge
from infra.cities.folder import shipped
from schemas.dead_letters import DeadLetter, decode_dead_letter
from schemas.errors import Unavailable

JUDGE = Judge(Catalogue.build({}, {}, shipped().domains, {}), 100)


class Packer:
    """Refuses so many times, then has one future for all, as the real one."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.batches = refusals, 0
        self.ids: list[str] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def add(self, accepted: Sequence[Accepted]) -> asyncio.Future[None]:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("Kafka is behind")
        self.batches += 1
        self.ids += [each.id for each in accepted]
        return self.done


class Letters:
    """Takes dead letters, as the producer would."""

    def __init__(self) -> None:
        self.found: list[DeadLetter] = []

    async def send_and_wait(self, _topic: str, value: bytes, **_: Any) -> None:
        self.found.append(decode_dead_letter(value))


class Seen:
    async def known(self, _: Sequence[bytes]) -> set[bytes]:
        return set()

    async def remember(self, _: Sequence[bytes]) -> None:
        return
