"""Reference data on its way from PostgreSQL to every process: one compacted topic per name."""

from hashlib import sha256
from typing import Any

import msgspec

from schemas.assets import Asset, City, Relation
from schemas.domains import Domain, Limit
from schemas.edges import Edge
from schemas.figures import Figure
from schemas.procedures import Procedure
from schemas.rules import Rule


def fingerprint(secret: str) -> str:
    """What is kept of an API key or of a session's token: 64 hex characters that do not tell it."""
    return sha256(secret.encode()).hexdigest()


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """The hash of an API key and what it may do; the key itself is nowhere."""

    id: str
    sha256: str
    roles: tuple[str, ...] = ("integrator",)
    name: str = ""
    agency: str | None = None
    """Sees and handles what names this agency only, nothing that concerns the whole city; null: the whole city."""


class ReferenceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a reference topic; the Kafka key is `id`; a null value deletes."""

    id: str
    revision: int
    """Number of the outbox row: grows with every change of any reference data."""
    origin: str
    """`shipped`, `city` or `edit`."""
    body: msgspec.Raw
    """One of REFERENCE_TYPES[name]."""


REFERENCE_TYPES: dict[str, Any] = {
    "cities": City,
    "assets": Asset,
    "relations": Relation,
    "domains": Domain,
    "limits": Limit,
    "figures": Figure,
    "rules": Rule,
    "procedures": Procedure,
    "edges": Edge,
    "keys": ApiKey,
}
"""Name → type of body. The id is the item's own, or its property `id` (`Relation`, `Limit`, `Figure`)."""

decode_reference_record = msgspec.json.Decoder(ReferenceRecord).decode
