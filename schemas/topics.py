"""Every topic in one place: name, key, records, partitions, retention, who writes, who reads."""

from zlib import crc32

import msgspec

from schemas.cloudevents import KAFKA_HEADERS
from schemas.reference import REFERENCE_TYPES

DAY_MS = 86_400_000
EVENTS = frozenset({"CloudEvent", "SignalRecord", "Change", "Incident"})
"""Records that are CloudEvents in structured mode."""
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""Of a record of any topic, as it is packed."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic as it is created and documented."""

    name: str
    description: str
    key: str
    records: tuple[str, ...]
    partitions: int
    retention_ms: int | None
    """None: compacted."""
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    public: bool = False

    @property
    def compacted(self) -> bool:
        """Keeps the newest record of each key instead of a time."""
        return self.retention_ms is None


INBOX = "city.inbox.v1"
REPORTS_BY_HAND = "city.reports-by-hand.v1"
SIGNALS = "city.signals.v1"
LINKS = "city.links.v1"
CHANGES = "city.changes.v1"
INCIDENTS = "city.incidents.v1"
DEAD_LETTERS = "city.dead-letters.v1"
NORMALS = "city.normals.v1"
READINGS_PREFIX = "city.readings."
EVENTS_PREFIX = "city.events."

INPUT_PARTITIONS = 4
SIGNAL_PARTITIONS = 2


def partition_of(zone: str) -> int:
    """The partition of a zone, the same in every topic of readings and events."""
    return crc32(zone.encode()) % INPUT_PARTITIONS


def tick_origin(partition: int) -> str:
    """Who tells the time of an input partition to what comes after detect."""
    return f"city.readings/{partition}"


def readings_topic(domain: str) -> str:
    """The topic of a domain's packs."""
    return f"{READINGS_PREFIX}{domain}.v1"


def events_topic(domain: str) -> str:
    """The topic of a domain's events."""
    return f"{EVENTS_PREFIX}{domain}.v1"


def reference_topic(name: str) -> str:
    """The compacted topic of a kind of reference data."""
    return f"city.{name}.v1"


AGENCY_PREFIX = "agency."
"""What the names of all agencies' own topics begin with."""


def agency_topic(agency: str) -> str:
    """An agency's own compacted topic of the incidents it may see."""
    return f"{AGENCY_PREFIX}{agency}.incidents.v1"


FIXED = (
    Topic(
        name=INBOX,
        description="CloudEvents in structured mode, as if posted",
        key="any",
        records=("CloudEvent",),
        partitions=INPUT_PARTITIONS,
        retention_ms=3 * DAY_MS,
        writers=("integrators",),
        readers=("ingest",),
        public=True,
    ),
    Topic(
        name=REPORTS_BY_HAND,
        description="Reports by hand, as structured CloudEvents; who writes here speaks for the center's people",
        key="event id",
        records=("CloudEvent",),
        partitions=1,
        retention_ms=3 * DAY_MS,
        writers=("api",),
        readers=("ingest",),
    ),
    Topic(
        name=SIGNALS,
        description="Signals raised and cleared, and ticks, as structured CloudEvents",
        key="region",
        records=("SignalRecord",),
        partitions=SIGNAL_PARTITIONS,
        retention_ms=30 * DAY_MS,
        writers=("detect",),
        readers=("correlate", "agencies"),
        public=True,
    ),
    Topic(
        name=LINKS,
        description="Complete explanations of groups, and ticks",
        key="region",
        records=("Explanation", "LinkTick"),
        partitions=SIGNAL_PARTITIONS,
        retention_ms=30 * DAY_MS,
        writers=("correlate",),
        readers=("recorder",),
    ),
    Topic(
        name=CHANGES,
        description="Every change of every incident, as structured CloudEvents",
        key="incident id",
        records=("Change",),
        partitions=4,
        retention_ms=30 * DAY_MS,
        writers=("relay",),
        readers=("webhooks", "agencies"),
        public=True,
    ),
    Topic(
        name=INCIDENTS,
        description="The latest whole incident as structured CloudEvent; tombstone 30 days after close or merge",
        key="incident id",
        records=("Incident",),
        partitions=4,
        retention_ms=None,
        writers=("relay",),
        readers=("agencies",),
        public=True,
    ),
    Topic(
        name=NORMALS,
        description="What each sensor judged by deviation usually reads, hourly; without pages detect begins with it",
        key="sensor/quantity",
        records=("Normal",),
        partitions=1,
        retention_ms=None,
        writers=("detect",),
        readers=("detect",),
    ),
    Topic(
        name=DEAD_LETTERS,
        description="What could not be taken, whole, with the reason",
        key="topic/partition/offset",
        records=("DeadLetter",),
        partitions=1,
        retention_ms=30 * DAY_MS,
        writers=("ingest", "detect", "correlate", "recorder", "telemetry", "webhooks"),
        readers=("recorder",),
    ),
)
"""The topics that every city has."""
_EVENT_TOPICS = frozenset(topic.name for topic in FIXED if EVENTS.issuperset(topic.records))


def headers_of(topic: str) -> list[tuple[str, bytes]] | None:
    """The headers of what is written to one of FIXED; None where its records are no CloudEvents."""
    return KAFKA_HEADERS if topic in _EVENT_TOPICS else None


def _of_domain(domain: str) -> list[Topic]:
    return [
        Topic(
            name=readings_topic(domain),
            description=f"Packs of readings of the domain {domain}, and ticks",
            key="zone",
            records=("Pack", "Tick"),
            partitions=INPUT_PARTITIONS,
            retention_ms=7 * DAY_MS,
            writers=("ingest",),
            readers=("detect", "telemetry"),
        ),
        Topic(
            name=events_topic(domain),
            description=f"Events of the domain {domain}, and ticks; `signal.cleared` in every partition",
            key="zone",
            records=("Event", "Tick"),
            partitions=INPUT_PARTITIONS,
            retention_ms=7 * DAY_MS,
            writers=("ingest",),
            readers=("detect", "recorder") if domain == "reports" else ("detect",),
        ),
    ]


def _of_reference(name: str) -> Topic:
    return Topic(
        name=reference_topic(name),
        description=f"Reference data: {name}",
        key="id",
        records=("ReferenceRecord",),
        partitions=1,
        retention_ms=None,
        writers=("relay",),
        readers=("ingest", "detect", "correlate", "telemetry"),
    )


def topics(domains: list[str], agencies: list[str] | None = None) -> list[Topic]:
    """All topics of a city with these domains and these agencies that have a topic of their own."""
    found = [*FIXED] + [topic for domain in sorted(domains) for topic in _of_domain(domain)]
    found += [_of_reference(name) for name in REFERENCE_TYPES]
    found += [
        Topic(
            name=agency_topic(agency),
            description=f"The incidents that {agency} may see; without a value: it is not named any more, or it ended",
            key="incident id",
            records=("Incident",),
            partitions=1,
            retention_ms=None,
            writers=("relay",),
            readers=("agencies",),
            public=True,
        )
        for agency in agencies or []
    ]
    return found
