"""What ingest needs of the reference data: the present judge and who holds a key."""

import asyncio
from collections.abc import Callable, Mapping

from aiokafka import AIOKafkaProducer, ConsumerRecord

from city.enrich import Catalogue
from city.judge import Judge
from infra.kafka.admin import ensure_topics
from infra.kafka.cluster import Given
from infra.kafka.dead_letters import letter_of, send_dead_letter
from infra.kafka.reference import ReferenceReader
from schemas.edges import Edge
from schemas.reference import ApiKey, fingerprint
from schemas.topics import topics

NAMES = ("cities", "assets", "domains", "limits", "keys", "edges")
WRITERS = {"integrator", "admin", "operator"}
"""Roles whose keys may write events."""


class Known:
    """Follows the reference topics; `judge`, `edges` and `keys` are swapped as a whole."""

    def __init__(self, cluster: Given, pack_limit: int) -> None:
        """Call `start()` before anything else."""
        self._cluster, self._pack_limit = cluster, pack_limit
        self._reader = ReferenceReader(cluster, NAMES)
        self._dirty = asyncio.Event()
        self._served: tuple[str, ...] = ()
        self.judge = Judge(Catalogue.build({}, {}, {}, {}), pack_limit)
        self._keys: dict[str, ApiKey] = {}
        self.edges: Mapping[str, Edge] = {}
        self._on_domains: Callable[[tuple[str, ...]], None] | None = None

    @property
    def clock(self) -> str:
        """`live` or `events`, by the city; it is asked for once, at the start."""
        return self.judge.catalogue.city.clock

    def on_domains(self, callback: Callable[[tuple[str, ...]], None]) -> None:
        """`callback(domains)` after the topics of new domains were made."""
        self._on_domains = callback

    @property
    def domains(self) -> tuple[str, ...]:
        """Domains whose topics exist."""
        return self._served

    async def start(self, producer: AIOKafkaProducer) -> None:
        """Returns once all that is known now has been read; bad records go to the dead letters."""
        self._reader.on_refused(lambda record, error: _refuse(producer, record, error))
        self._reader.on_change(lambda _: self._dirty.set())
        await self._reader.start()
        await self._swap()

    async def follow(self) -> None:
        """Swaps at each change until cancelled; a burst of changes is one swap."""
        while True:
            await self._dirty.wait()
            await asyncio.sleep(0.05)
            self._dirty.clear()
            await self._swap()

    async def failed(self) -> None:
        """Raises what ended the reading of reference data."""
        await self._reader.failed()

    async def stop(self) -> None:
        """Ends following."""
        await self._reader.stop()

    def holder(self, key: str) -> ApiKey | None:
        """Who holds an API key; None if nobody."""
        return self._keys.get(fingerprint(key))

    async def _swap(self) -> None:
        snapshots = {name: self._reader.snapshot(name) for name in NAMES}
        items = {name: snapshot.items for name, snapshot in snapshots.items()}
        revisions = {name: snapshot.revision for name, snapshot in snapshots.items()}
        self._keys = {key.sha256: key for key in items["keys"].values()}
        self.edges = items["edges"]
        domains = tuple(sorted(items["domains"]))
        if domains != self._served:
            await asyncio.to_thread(ensure_topics, self._cluster, topics(list(domains)))
            self._served = domains
            if self._on_domains:
                self._on_domains(domains)
        catalogue = Catalogue.build(items["cities"], items["assets"], items["domains"], items["limits"], revisions)
        self.judge = Judge(catalogue, self._pack_limit)


def may_write(holder: ApiKey) -> bool:
    """Whether a key may write events."""
    return bool(WRITERS & set(holder.roles))


_sending: set[asyncio.Task[None]] = set()


def _refuse(producer: AIOKafkaProducer, record: ConsumerRecord, error: Exception) -> None:
    sending = send_dead_letter(producer, letter_of(record, "ingest", error))
    task = asyncio.get_running_loop().create_task(sending)
    _sending.add(task)
    task.add_done_callback(_sending.discard)
