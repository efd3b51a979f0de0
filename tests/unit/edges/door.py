"""What stands behind an edge: a judge, a packer that may refuse, a memory that knows nothing."""

import asyncio
from collections.abc import Sequence

from city.enrich import Catalogue
from city.judge import Accepted, Judge
from infra.cities.folder import shipped
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


class Seen:
    async def known(self, _: Sequence[bytes]) -> set[bytes]:
        return set()

    async def remember(self, _: Sequence[bytes]) -> None:
        return
